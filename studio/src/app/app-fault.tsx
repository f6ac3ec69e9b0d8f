import { TriangleAlert } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { PageMessage } from '../ui/page-message.tsx'

/** The whole page broke: what is safe, and two ways back. */
export const AppFault = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <PageMessage
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
  </PageMessage>
)
