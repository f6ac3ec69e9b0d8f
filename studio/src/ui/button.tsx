import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type ButtonVariant = 'primary' | 'secondary' | 'danger' | 'danger-soft' | 'ghost'
/** `sign`: for a single character such as ✕. */
type ButtonSize = 'sm' | 'md' | 'lg' | 'sign'

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent shadow-sm hover:not-disabled:bg-accent-hover border-transparent',
  secondary: 'bg-surface text-ink border-line-strong hover:not-disabled:bg-hover shadow-sm',
  danger: 'bg-danger-solid text-white border-transparent hover:not-disabled:brightness-110 shadow-sm',
  'danger-soft':
    'border-transparent bg-danger-soft text-danger hover:not-disabled:bg-danger-solid hover:not-disabled:text-white',
  ghost:
    'bg-transparent text-muted border-transparent hover:not-disabled:bg-hover hover:not-disabled:text-ink',
}

const SIZES: Record<ButtonSize, string> = {
  sm: 'h-7 px-2.5 text-xs gap-1.5 rounded-sm',
  md: 'h-8.5 px-3.5 text-sm gap-2 rounded-md',
  sign: 'h-8.5 min-w-8.5 px-1.5 text-lg rounded-md',
  lg: 'h-11 px-5 text-base gap-2.5 rounded-lg',
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: ButtonVariant
  readonly size?: ButtonSize
  /** Shows a turning mark and refuses further presses. */
  readonly busy?: boolean
}

export function Button({
  variant = 'secondary',
  size = 'md',
  busy = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={classes(
        'inline-flex shrink-0 items-center justify-center border font-medium whitespace-nowrap transition-[background-color,color,filter] duration-100 select-none disabled:cursor-not-allowed disabled:opacity-55',
        VARIANTS[variant],
        SIZES[size],
        className,
      )}
    >
      {busy && <LoaderCircle aria-hidden className="size-3.5 animate-spin" />}
      {children}
    </button>
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** Accessible name, and the tip a pointer shows. */
  readonly label: string
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={classes(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-ink data-[state=open]:bg-pressed data-[state=open]:text-ink [&>svg]:size-4',
        className,
      )}
    >
      {children}
    </button>
  )
}
