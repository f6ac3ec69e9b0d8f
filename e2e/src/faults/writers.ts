import { setTimeout as wait } from 'node:timers/promises'
import type { DocumentName } from '@nexus/core'
import * as Y from 'yjs'
import { type Account, type LiveEditor, openLiveEditor, requestJson } from '../kit/index.ts'
import type { Ledger } from './ledger.ts'
import type { Member } from './member.ts'

/** Time between two edits of one writer, ms, unless it says otherwise. */
const EDIT_PAUSE_MS = 25

/** Somebody who writes one unique key after another, and notes what was acknowledged. */
export interface Writer {
  /** Resolves with the next acknowledgement of a key written after this call. */
  nextAck(): Promise<void>
  /** Writes no more; stays connected. */
  stop(): Promise<void>
  /** Goes away as a closed browser does, with all it knows; what is not acknowledged by now never will be. */
  leave(): void
  /** The keys in its copy of the document; `null` for a program, which has none. */
  sees(): readonly unknown[] | null
}

export interface WriterParts {
  readonly ledger: Ledger
  readonly document: DocumentName
  /** First part of its keys; says which case and who. */
  readonly name: string
  readonly pauseMs?: number
}

/** The list in a live document that keys are written to: twice in it shows as twice. */
export const entriesOf = ({ state }: LiveEditor): Y.Array<unknown> => {
  const entries = state.get('entries')
  if (!(entries instanceof Y.Array)) throw new Error('The panel has no list `entries`.')
  return entries
}

export const openEditor = (account: Account, server: Member, document: DocumentName): Promise<LiveEditor> =>
  openLiveEditor({ url: server.url, token: account.accessToken, document })

/** A person with the document open. */
export function startLiveWriter(
  editor: LiveEditor,
  { ledger, document, name, pauseMs }: WriterParts,
): Writer {
  const acks = createBell()
  let isGone = false
  const loop = startLoop(async (number) => {
    const key = `${name}.${number}`
    ledger.wrote(document, key)
    entriesOf(editor).push([key])
    void editor.whenSaved().then(() => {
      if (isGone) return
      ledger.acknowledged(document, key)
      acks.ring(number)
    })
  }, pauseMs)
  return {
    nextAck: () => acks.when(loop.count()),
    stop: loop.stop,
    leave: () => {
      isGone = true
      void loop.stop()
      editor.close()
    },
    sees: () => entriesOf(editor).toArray(),
  }
}

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

function startLoop(write: (number: number) => Promise<void>, pauseMs = EDIT_PAUSE_MS) {
  let count = 0
  let isStopped = false
  const run = async (): Promise<void> => {
    while (!isStopped) {
      count += 1
      await write(count)
      await wait(pauseMs)
    }
  }
  const ended = run()
  // Its failure is told to who stops the loop.
  ended.catch(() => undefined)
  return {
    /** Keys written so far. */
    count: () => count,
    stop: () => {
      isStopped = true
      return ended
    },
  }
}

/** Tells waiters of numbers that have been acknowledged. */
function createBell() {
  const waiting = new Set<{ readonly after: number; readonly resolve: () => void }>()
  return {
    ring: (number: number): void => {
      for (const waiter of waiting) {
        if (number <= waiter.after) continue
        waiting.delete(waiter)
        waiter.resolve()
      }
    },
    when: (after: number) => new Promise<void>((resolve) => waiting.add({ after, resolve })),
  }
}
