import { type Connection, type Document, type Extension, isTransactionOrigin } from '@hocuspocus/server'
import type { Transaction } from 'yjs'

export interface Echo {
  readonly extension: Extension
  /** Whether what is being sent now holds nothing but this connection's own edits. */
  isEcho(connection: Connection): boolean
}

/**
 * Hocuspocus sends every change to everybody, its author included (4.7). An author has it already: of the three messages
 * an edit causes in a document that two people have open, one is for nobody.
 */
export function createEcho(): Echo {
  /** Whose changes wait to be sent; `null`: of several people, or of nobody here. */
  const authors = new WeakMap<Document, Connection | null>()
  let authorOfFlush: Connection | null = null

  const note = (document: Document, author: Connection | null): void => {
    const known = authors.get(document)
    authors.set(document, known === undefined || known === author ? author : null)
  }

  return {
    extension: {
      extensionName: 'echo',
      afterLoadDocument: async ({ document }) => {
        // Not at `update`: Hocuspocus's own listener comes first, and may send at once.
        document.on('afterTransaction', ({ origin }: Transaction) => note(document, authorOf(origin)))
        const flush = document.flush.bind(document)
        document.flush = () => {
          authorOfFlush = authors.get(document) ?? null
          authors.delete(document)
          try {
            return flush()
          } finally {
            authorOfFlush = null
          }
        }
      },
    },
    isEcho: (connection) => connection === authorOfFlush,
  }
}

const authorOf = (origin: unknown): Connection | null =>
  isTransactionOrigin(origin) && origin.source === 'connection' ? origin.connection : null
