import pg from 'pg'
import { isPreparedStatementLost } from '../sql/unavailable.ts'

/** A statement is prepared when its text comes for the third time: what is asked once or twice would not pay for it. */
const PREPARE_AT_USE = 3
/** Texts that are kept in mind; statements made for a number of values come in many. */
const MAX_TEXTS = 500

/** Names for the statements of one pool, by their text; `undefined`: not to be prepared. */
type StatementNames = (text: string) => string | undefined

/** @returns Gives the same name to the same text, from its third use on; texts beyond the first 500 get none. */
export function createStatementNames(): StatementNames {
  const uses = new Map<string, { count: number; readonly name: string }>()
  let lastName = 0
  return (text) => {
    const known = uses.get(text)
    if (known === undefined && uses.size >= MAX_TEXTS) return undefined
    const use = known ?? { count: 0, name: `nexus_${++lastName}` }
    use.count += 1
    uses.set(text, use)
    return use.count >= PREPARE_AT_USE ? use.name : undefined
  }
}

/**
 * A connection that prepares what it is asked often. PostgreSQL plans the append, its most intricate and most frequent
 * statement, in more time than it runs it: prepared, it takes half the time and half the database's CPU (measured).
 *
 * A connection on which a prepared statement does not work any more ends: it would fail there at every try.
 */
export function preparingClient(names: StatementNames): typeof pg.Client {
  // `query` has a dozen forms; the one of text and values is Kysely's.
  const Client = class extends pg.Client {
    override query(...args: unknown[]): never {
      const [text, values, ...rest] = args
      const name = typeof text === 'string' && Array.isArray(values) ? names(text) : undefined
      const query = super.query.bind(this) as (...args: unknown[]) => never
      return name === undefined ? query(...args) : this.#endWhenLost(query({ name, text, values }, ...rest))
    }

    #endWhenLost<Answer>(answer: Answer): Answer {
      if (answer instanceof Promise) {
        answer.catch((error: unknown) => {
          if (isPreparedStatementLost(error)) void this.end()
        })
      }
      return answer
    }
  }
  return Client
}
