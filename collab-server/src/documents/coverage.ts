import * as Y from 'yjs'

/** How far a document must reach, per Yjs client, before an update is wholly part of it. */
export type Coverage = ReadonlyMap<number, number>

/** What an update inserts and what it deletes, as Yjs reads it. */
export type DecodedUpdate = ReturnType<typeof Y.decodeUpdate>

/** What an update touches: its insertions, and what it deletes. */
export function coverageOf({ structs, ds }: DecodedUpdate): Coverage {
  const reach = new Map<number, number>()
  const extend = (client: number, end: number): void => {
    reach.set(client, Math.max(reach.get(client) ?? 0, end))
  }
  for (const struct of structs) {
    if (!(struct instanceof Y.Skip)) extend(struct.id.client, struct.id.clock + struct.length)
  }
  for (const [client, ranges] of ds.clients) {
    for (const range of ranges) extend(client, range.clock + range.len)
  }
  return reach
}

/** Whether everything in the update is in the document. Yjs applies what it can and keeps the rest aside silently. */
export function isCovered(document: Y.Doc, coverage: Coverage): boolean {
  for (const [client, end] of coverage) {
    if (Y.getState(document.store, client) < end) return false
  }
  return true
}
