import {
  type DocumentName,
  ERRORS,
  type KeptReceipt,
  NexusError,
  type Receipt,
  type Receipts,
} from '@nexus/core'

/**
 * What became of a request before, by document; empty when it comes for the first time.
 *
 * @throws {NexusError} `idempotency_key_reused` when another request was made with its key.
 */
export async function findKept(
  receipts: Receipts,
  documents: readonly DocumentName[],
  receipt: Receipt | null,
): Promise<ReadonlyMap<DocumentName, KeptReceipt>> {
  if (receipt === null) return new Map()
  const kept = await receipts.findAll(documents, receipt.id)
  if (kept.values().every(({ fingerprint }) => fingerprint === receipt.fingerprint)) return kept
  throw new NexusError('idempotency_key_reused', ERRORS.idempotency_key_reused.title)
}
