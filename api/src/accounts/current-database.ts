import { AsyncLocalStorage } from 'node:async_hooks'
import type { Db, Trx } from '@nexus/core/sql'

interface CurrentDatabase {
  /** Speaks to the transaction of the surrounding {@link CurrentDatabase.within}, and to the pool outside of one. */
  readonly db: Db
  /** Everything `work` does through `db`, however deep in a library, belongs to `trx`. */
  within<T>(trx: Trx, work: () => Promise<T>): Promise<T>
}

/** Lets a library that only knows one database take part in a transaction of ours. */
export function createCurrentDatabase(pool: Db): CurrentDatabase {
  const transactions = new AsyncLocalStorage<Trx>()
  const db = new Proxy(pool, {
    get: (target, name) => {
      const current = transactions.getStore() ?? target
      const member: unknown = Reflect.get(current, name)
      // Kysely keeps its state in private fields, which a proxy does not have.
      return typeof member === 'function' ? member.bind(current) : member
    },
  })
  return { db, within: (trx, work) => transactions.run(trx, work) }
}
