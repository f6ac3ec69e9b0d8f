import { hash } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'

/** How long a signature is believed that has been checked, ms. A key taken out of the table works here that much longer. */
const BELIEVED_FOR_MS = 60_000
const MAX_REMEMBERED = 10_000

interface Expiring {
  readonly expiresAt: Date
}

/** What tokens were found to say, so that a client's next request does not cost another check of the same signature. */
interface VerifiedTokens<Said extends Expiring> {
  get(token: string): Said | null
  put(token: string, said: Said): void
}

/** Tokens themselves are not kept, only their hashes. */
export function createVerifiedTokens<Said extends Expiring>(clock: Clock): VerifiedTokens<Said> {
  const known = new Map<string, { readonly said: Said; readonly until: number }>()
  const keyOf = (token: string): string => hash('sha256', token, 'base64')
  return {
    get: (token) => {
      const entry = known.get(keyOf(token))
      return entry !== undefined && clock.now().getTime() < entry.until ? entry.said : null
    },
    put: (token, said) => {
      if (known.size >= MAX_REMEMBERED) known.clear()
      const until = Math.min(said.expiresAt.getTime(), clock.now().getTime() + BELIEVED_FOR_MS)
      known.set(keyOf(token), { said, until })
    },
  }
}
