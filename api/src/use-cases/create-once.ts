import { hash } from 'node:crypto'
import type { DocumentName, Receipt, Receipts } from '@nexus/core'
import { createSqlReceipts, type Trx } from '@nexus/core/sql'
import { findKept } from '../replicas/kept-receipts.ts'
import { FIRST_VERSION } from './new-documents.ts'

interface Creation<Id extends string> {
  /** `null`: each time. */
  readonly receipt: Receipt | null
  /** Where keys are told apart: the same one in another place is another request. */
  readonly place: string
  /** A new one, or the one that follows from a UUID. */
  readonly toId: (uuid: string | null) => Id
  /** Whose first update keeps the receipt. */
  readonly documentOf: (id: Id) => DocumentName
  /** Makes it. Whatever transaction it takes, `keepReceipt` belongs to it. */
  readonly create: (id: Id, keepReceipt: (trx: Trx) => Promise<void>) => Promise<unknown>
}

export interface Created<Id> {
  readonly id: Id
  /** It was made before, by the same request. */
  readonly isRepeated: boolean
}

const UNIQUE_VIOLATION = '23505'

/**
 * Makes something once, however often the request is sent: its id follows from the request's key, so that two cannot both
 * make it.
 *
 * @throws {NexusError} `idempotency_key_reused`: nothing has been made; or what `create` throws.
 */
export async function createOnce<Id extends string>(
  receipts: Receipts,
  { receipt, place, toId, documentOf, create }: Creation<Id>,
): Promise<Created<Id>> {
  const anew = async (): Promise<Created<Id>> => {
    const id = toId(null)
    await create(id, async () => undefined)
    return { id, isRepeated: false }
  }
  if (receipt === null) return anew()
  const id = toId(uuidOf(place, receipt.id))
  const isMade = async (): Promise<boolean> => (await findKept(receipts, [documentOf(id)], receipt)).size > 0
  if (await isMade()) return { id, isRepeated: true }
  try {
    await create(id, (trx) => createSqlReceipts(trx).keep(documentOf(id), receipt, FIRST_VERSION))
    return { id, isRepeated: false }
  } catch (error) {
    if (await isMade()) return { id, isRepeated: true }
    // Its receipt has been forgotten, it has not: the key is a new one.
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return anew()
    throw error
  }
}

/** A UUID of version 8 (RFC 9562, 5.8). */
function uuidOf(...parts: readonly string[]): string {
  const hex = hash('sha256', JSON.stringify(parts))
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
