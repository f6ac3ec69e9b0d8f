import type { ComponentProps } from 'react'
import { EmptyState } from './empty-state.tsx'

/** A whole page that only says what is the matter, and what to do next. */
export const PageMessage = (props: Omit<ComponentProps<typeof EmptyState>, 'headingLevel'>) => (
  <main className="grid h-full place-items-center">
    <EmptyState headingLevel="h1" {...props} />
  </main>
)
