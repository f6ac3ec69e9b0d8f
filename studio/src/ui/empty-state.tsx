import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly icon: ReactNode
  readonly title: string
  readonly children: ReactNode
  /** What to do next. */
  readonly action?: ReactNode
  readonly headingLevel?: 'h1' | 'h2'
}

/** Where nothing is yet: what this place is for, and the first step. */
export function EmptyState({ icon, title, children, action, headingLevel: Heading = 'h2' }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-sm animate-fade-in flex-col items-center px-6 py-12 text-center">
      <div className="mb-4 grid size-12 place-items-center rounded-xl border border-line bg-surface text-muted shadow-sm [&>svg]:size-5.5">
        {icon}
      </div>
      <Heading className="text-lg font-semibold tracking-tight">{title}</Heading>
      <p className="mt-1 text-base text-balance text-muted">{children}</p>
      {action !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
