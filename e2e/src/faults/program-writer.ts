import type { DocumentName } from '@nexus/core'
import { type Account, requestJson } from '../kit/index.ts'
import type { Writer, WriterParts } from './live-writer.ts'
import type { Member } from './member.ts'
import { createBell, startLoop } from './write-loop.ts'

/** A program. A write that fails is not repeated; the next one has another key. */
export function startApiWriter(
  account: Account,
  api: Member,
  { ledger, document, name }: WriterParts,
): Writer {
  const acks = createBell()
  const loop = startLoop(async (number) => {
    const key = `${name}.${number}`
    ledger.wrote(document, key)
    if (!(await addEntry(account, api, { document, key }))) return
    ledger.acknowledged(document, key)
    acks.ring(number)
  })
  return {
    nextAck: () => acks.when(loop.count()),
    stop: loop.stop,
    leave: () => void loop.stop(),
    sees: () => null,
  }
}

/** @returns Whether the API said that it is saved. */
export async function addEntry(
  account: Account,
  api: Member,
  { document, key }: { readonly document: DocumentName; readonly key: string },
): Promise<boolean> {
  try {
    const answer = await requestJson(`${api.url}/api/state/${document}`, {
      method: 'PATCH',
      token: account.accessToken,
      headers: { 'content-type': 'application/json-patch+json' },
      body: [{ op: 'add', path: '/$state/entries/-', value: key }],
    })
    if (answer.status !== 200 && answer.status !== 503)
      throw new Error(`PATCH answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.status === 200
  } catch (error) {
    // `fetch failed`: nobody listens there at the moment, or it was killed before it answered.
    if (error instanceof TypeError) return false
    throw error
  }
}
