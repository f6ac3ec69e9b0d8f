import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import * as Y from 'yjs'

/** One person's open document, over the same protocol as the studio. */
export interface LiveEditor {
  readonly doc: Y.Doc
  readonly state: Y.Map<unknown>
  /** Everything edited so far is acknowledged. */
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
    maxDelay: 500,
  })
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: document, document: doc, token })
  provider.attach()
  const state = doc.getMap<unknown>('state')
  await new Promise<void>((resolve, reject) => {
    provider.on('synced', () => resolve())
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => reject(new Error(reason)))
  })
  return {
    doc,
    state,
    whenSaved: () => {
      if (!provider.hasUnsyncedChanges) return Promise.resolve()
      return new Promise((resolve) => {
        const look = (): void => {
          if (provider.hasUnsyncedChanges) return
          provider.off('unsyncedChanges', look)
          resolve()
        }
        provider.on('unsyncedChanges', look)
      })
    },
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
