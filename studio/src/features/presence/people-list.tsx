import { AnimatePresence, m } from 'motion/react'
import type { Person } from '../../session/people.ts'
import { Avatar } from '../../ui/avatar.tsx'

interface PeopleListProps {
  readonly people: readonly Person[]
  /** Accessible name, such as "People in this panel". */
  readonly label: string
  /** More are summed up as a number. */
  readonly most?: number
}

/** "Ada", "Ada (you)", "Ada (3 windows)" or "Ada (you, 3 windows)". */
function describe({ name, isMe, windowCount }: Person): string {
  const remarks = [...(isMe ? ['you'] : []), ...(windowCount > 1 ? [`${windowCount} windows`] : [])]
  return remarks.length === 0 ? name : `${name} (${remarks.join(', ')})`
}

/** Who is here, as overlapping coloured rounds. */
export function PeopleList({ people, label, most = 5 }: PeopleListProps) {
  const shown = people.slice(0, most)
  const hidden = people.slice(most)
  return (
    <ul aria-label={label} className="flex items-center -space-x-0.5">
      <AnimatePresence initial={false}>
        {shown.map((person) => (
          <m.li
            key={person.id}
            layout
            initial={{ opacity: 0, scale: 0.5 }}
            animate={{ opacity: 1, scale: 1 }}
            exit={{ opacity: 0, scale: 0.5 }}
            transition={{ duration: 0.16 }}
            title={describe(person)}
            className="relative rounded-full ring-2 ring-canvas"
          >
            <Avatar name={person.name} colour={person.colour} />
            {person.windowCount > 1 && (
              <span
                aria-hidden
                className="absolute -right-0.5 -bottom-0.5 grid min-w-3.5 place-items-center rounded-full bg-canvas px-0.5 text-2xs leading-3.5 font-semibold text-muted ring-1 ring-line"
              >
                {person.windowCount}
              </span>
            )}
            <span className="sr-only">{describe(person)}</span>
          </m.li>
        ))}
      </AnimatePresence>
      {hidden.length > 0 && (
        <li
          title={hidden.map(({ name }) => name).join(', ')}
          className="grid size-7 place-items-center rounded-full bg-sunken text-2xs font-semibold text-muted ring-2 ring-canvas"
        >
          +{hidden.length}
          <span className="sr-only"> more: {hidden.map(({ name }) => name).join(', ')}</span>
        </li>
      )}
    </ul>
  )
}
