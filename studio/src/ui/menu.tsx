import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

const itemClass =
  'flex h-8 cursor-default items-center gap-2.5 rounded-sm px-2 text-sm outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50 [&>svg]:size-4'

const TONES = { plain: 'text-ink [&>svg]:text-faint', danger: 'text-danger' } as const

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'bottom'
  readonly children: ReactNode
}

/**
 * A drop-down list of commands; arrows move, letters search, Esc closes. It stays in the landmark of its button, so
 * that a screen reader meets it there.
 */
export function Menu({ trigger, align = 'start', side = 'bottom', children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Content
        align={align}
        side={side}
        sideOffset={6}
        collisionPadding={10}
        className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-56 animate-pop-in overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-md"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  )
}

interface MenuItemProps extends ComponentProps<typeof Radix.Item> {
  readonly icon?: ReactNode
  readonly tone?: keyof typeof TONES
}

export const MenuItem = ({ icon, tone = 'plain', children, className, ...rest }: MenuItemProps) => (
  <Radix.Item {...rest} className={classes(itemClass, TONES[tone], className)}>
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
  </Radix.Item>
)

interface MenuChoiceProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly label: string
  readonly options: readonly { value: string; label: string; icon: ReactNode }[]
}

/** One of several, with a tick at the present one. */
export const MenuChoice = ({ value, onChange, label, options }: MenuChoiceProps) => (
  <Radix.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
    <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-faint">{label}</Radix.Label>
    {options.map((option) => (
      <Radix.RadioItem key={option.value} value={option.value} className={classes(itemClass, TONES.plain)}>
        {option.icon}
        <span className="flex-1">{option.label}</span>
        <Radix.ItemIndicator>
          <Check aria-hidden className="size-4 text-accent-ink" />
        </Radix.ItemIndicator>
      </Radix.RadioItem>
    ))}
  </Radix.RadioGroup>
)

export const MenuSeparator = () => <Radix.Separator className="mx-1 my-1 h-px bg-line" />

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-xs text-muted">{children}</Radix.Label>
)
