import './ui/tokens.css'
import { domMax, LazyMotion, MotionConfig } from 'motion/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { AppFault } from './app/app-fault.tsx'
import { startAccount } from './stores/account.ts'
import { startLive } from './stores/live.ts'
import { followHistory } from './stores/navigation.ts'
import { keepWorkspaceCurrent } from './stores/workspaces.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { Toaster } from './ui/toaster.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root')

// For the life of the page; nothing stops them but its end.
followHistory()
startAccount()
startLive()
keepWorkspaceCurrent()

createRoot(root).render(
  <StrictMode>
    <MotionConfig reducedMotion="user">
      <LazyMotion features={domMax} strict>
        <ErrorBoundary fallback={({ error, reset }) => <AppFault error={error} onRetry={reset} />}>
          <App />
        </ErrorBoundary>
        <Toaster />
      </LazyMotion>
    </MotionConfig>
  </StrictMode>,
)
