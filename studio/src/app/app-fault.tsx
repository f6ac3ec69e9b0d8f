import { TriangleAlert } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** The whole page broke: what is safe, and two ways back. */
export const AppFault = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <main className="grid h-full place-items-center">
    <EmptyState
      headingLevel="h1"
      icon={<TriangleAlert aria-hidden />}
      title="Something went wrong on this page"
      action={
        <>
          <Button onClick={() => window.location.assign('/')}>Start over</Button>
          <Button variant="primary" onClick={onRetry}>
            Try again
          </Button>
        </>
      }
    >
      What you typed is kept. {error instanceof Error ? error.message : ''}
    </EmptyState>
  </main>
)
