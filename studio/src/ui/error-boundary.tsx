import { Component, type ReactNode } from 'react'

interface ErrorBoundaryProps {
  readonly children: ReactNode
  /** What to show in place of what broke; `reset` tries once more. */
  readonly fallback: (failure: { error: unknown; reset: () => void }) => ReactNode
  /** A change of this value tries once more by itself. */
  readonly resetKey?: unknown
}

type Outcome = { readonly state: 'fine' } | { readonly state: 'broken'; readonly error: unknown }

/** Keeps a fault inside its part of the page. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { outcome: Outcome }> {
  override state: { outcome: Outcome } = { outcome: { state: 'fine' } }

  static getDerivedStateFromError(error: unknown): { outcome: Outcome } {
    return { outcome: { state: 'broken', error } }
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (previous.resetKey !== this.props.resetKey && this.state.outcome.state === 'broken') this.reset()
  }

  private readonly reset = (): void => this.setState({ outcome: { state: 'fine' } })

  override render(): ReactNode {
    const { outcome } = this.state
    if (outcome.state === 'fine') return this.props.children
    return this.props.fallback({ error: outcome.error, reset: this.reset })
  }
}
