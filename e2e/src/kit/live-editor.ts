import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import * as Y from 'yjs'

/** One person's open document, over the same protocol as the studio. */
export interface LiveEditor {
  readonly doc: Y.Doc
  readonly state: Y.Map<unknown>
  /** Everything edited up to this call is acknowledged, over however many connections; edits made later are not waited for. */
  whenSaved(): Promise<void>
  /** Resolves as soon as `holds` is true; looked at after every change of the document. */
  whenState(holds: (state: Y.Map<unknown>) => boolean): Promise<void>
  close(): void
}

export interface OpenEditor {
  /** Origin of the server. */
  readonly url: string
  readonly token: string
  /** Document name. */
  readonly document: string
  readonly doc?: Y.Doc
}

/** Opens a document live. Resolves when the server's state is here. @throws When permission is refused. */
export async function openLiveEditor({
  url,
  token,
  document,
  doc = new Y.Doc(),
}: OpenEditor): Promise<LiveEditor> {
  const socket = new HocuspocusProviderWebsocket({
    url: `${url.replace(/^http/, 'ws')}/collab`,
    delay: 100,
    minDelay: 50,
    maxDelay: 500,
  })
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: document, document: doc, token })
  provider.attach()
  const state = doc.getMap<unknown>('state')
  await new Promise<void>((resolve, reject) => {
    provider.on('unsyncedChanges', ({ number }: { number: number }) => number === 0 && resolve())
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => reject(new Error(reason)))
  })
  const acks = countAcks(provider)
  return {
    doc,
    state,
    whenSaved: acks.ofEverythingSoFar,
    whenState: (holds) => {
      if (holds(state)) return Promise.resolve()
      return new Promise((resolve) => {
        const look = (): void => {
          if (!holds(state)) return
          doc.off('update', look)
          resolve()
        }
        doc.on('update', look)
      })
    },
    close: () => {
      provider.destroy()
      socket.destroy()
    },
  }
}

/**
 * Acknowledgements come in the order of the edits: an edit is saved when as many have come as were outstanding. A new
 * connection begins with one exchange of all that the server lacks, and its acknowledgement stands for everything before.
 */
function countAcks(provider: HocuspocusProvider): { ofEverythingSoFar(): Promise<void> } {
  let acked = 0
  let outstanding = provider.unsyncedChanges
  let isNewConnection = false
  const waiting: { until: number; readonly resolve: () => void }[] = []
  provider.on('open', () => {
    isNewConnection = true
  })
  provider.on('unsyncedChanges', ({ number }: { number: number }) => {
    if (isNewConnection) for (const waiter of waiting) waiter.until = acked + 1
    else acked += Math.max(0, outstanding - number)
    isNewConnection = false
    outstanding = number
    while (waiting[0] !== undefined && waiting[0].until <= acked) waiting.shift()?.resolve()
  })
  return {
    ofEverythingSoFar: () => {
      if (outstanding === 0) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ until: acked + outstanding, resolve }))
    },
  }
}
