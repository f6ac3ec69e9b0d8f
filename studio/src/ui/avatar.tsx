import { classes } from './classes.ts'

/** One or two letters for a round picture. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => Array.from(word ?? '?')[0]?.toUpperCase() ?? '').join('')
}

interface AvatarProps {
  readonly name: string
  readonly colour: string
  readonly size?: 'xs' | 'sm' | 'md'
}

const SIZES = { xs: 'size-5 text-[0.5625rem]', sm: 'size-6 text-[0.625rem]', md: 'size-7 text-2xs' }

/** A person as a coloured round with initials. Decoration: the name stands beside it or in the list's text. */
export const Avatar = ({ name, colour, size = 'md' }: AvatarProps) => (
  <span
    aria-hidden
    style={{ backgroundColor: colour }}
    className={classes(
      'inline-grid shrink-0 place-items-center rounded-full font-semibold tracking-tight text-white select-none',
      SIZES[size],
    )}
  >
    {initialsOf(name)}
  </span>
)
