import type { DocumentName } from '@nexus/core'
import * as Y from 'yjs'
import { type Account, type LiveEditor, openLiveEditor } from '../kit/index.ts'
import type { Ledger } from './ledger.ts'
import type { Member } from './member.ts'
import { createBell, startLoop } from './write-loop.ts'

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
