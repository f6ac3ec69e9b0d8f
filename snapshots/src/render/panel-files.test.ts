import {
  type DocumentRecord,
  type Json,
  type JsonObject,
  type LogEntry,
  NO_VERSION,
  toVersion,
} from '@nexus/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { renderPanel } from './panel-files.ts'

/** A document that was edited by several people: one log entry for each of `edits`. */
function recordOf(edits: readonly ((doc: Y.Doc) => void)[]): DocumentRecord {
  const doc = new Y.Doc()
  const tail: LogEntry[] = []
  doc.on('update', (update: Uint8Array) => tail.push(toEntry(update, tail.length + 1)))
  for (const edit of edits) doc.transact(() => edit(doc))
  return { checkpoint: null, tail, version: toVersion(tail.length) }
}

const toEntry = (update: Uint8Array, version: number): LogEntry => ({
  version: toVersion(version),
  firstVersion: toVersion(version),
  update,
  userId: null,
  triggeredBy: 'user',
  triggerSource: null,
  changeType: 'updated',
  clientSession: null,
  occurredAt: new Date(0),
})

/** The same document, with a checkpoint in place of the entries up to `version`. */
function withCheckpoint(record: DocumentRecord, version: number): DocumentRecord {
  const updates = record.tail.slice(0, version).map((entry) => entry.update)
  if (updates.length === 0) return record
  const checkpoint = { version: toVersion(version), state: Y.mergeUpdates(updates) }
  return { ...record, checkpoint, tail: record.tail.slice(version) }
}

const set = (key: string, value: Json) => (doc: Y.Doc) => void doc.getMap('state').set(key, toShared(value))

function toShared(value: Json): unknown {
  if (Array.isArray(value)) {
    const list = new Y.Array<unknown>()
    list.push(value.map(toShared))
    return list
  }
  if (typeof value !== 'object' || value === null) return value
  return new Y.Map(Object.entries(value).map(([key, item]) => [key, toShared(item)]))
}

const parse = (text: string): Json => JSON.parse(text) as Json
const anyValue = fc.json({ maxDepth: 4 }).map((text) => parse(JSON.stringify(parse(text))))
const anyEdits = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'list', 'ü', '10', '9'), anyValue), {
  minLength: 1,
  maxLength: 12,
})

test('[SNAP15] a state file parses to what the state is', () => {
  fc.assert(
    fc.property(anyEdits, (edits) => {
      const files = renderPanel(recordOf(edits.map(([key, value]) => set(key, value))))
      expect(parse(files.get('state.json') ?? '')).toEqual(Object.fromEntries(edits))
      expect([...files.keys()]).toEqual(['state.json'])
    }),
  )
})

test('[SNAP15] the same version gives the same bytes, whichever checkpoint it is read from', () => {
  fc.assert(
    fc.property(anyEdits, fc.nat(12), (edits, at) => {
      const record = recordOf(edits.map(([key, value]) => set(key, value)))
      expect(renderPanel(withCheckpoint(record, at))).toEqual(renderPanel(record))
    }),
  )
})

test('[SNAP15] replicas that merged in another order give the same bytes', () => {
  fc.assert(
    fc.property(anyEdits, anyEdits, (mine, theirs) => {
      const [a, b] = [mine, theirs].map((edits) => recordOf(edits.map(([key, value]) => set(key, value))))
      if (a === undefined || b === undefined) return
      const merged = (tail: LogEntry[]) => renderPanel({ checkpoint: null, tail, version: NO_VERSION })
      expect(merged([...a.tail, ...b.tail])).toEqual(merged([...b.tail, ...a.tail]))
    }),
  )
})

const SOURCE = `<NexusPanel title="Votes">
  <Data>
    <State name="votes" type="counter" default="0"/>
    <State name="notes" type="text" default="nothing yet"/>
    <State name="filter" type="string" default="" scope="local"/>
  </Data>
  <View><Text content="{$state.votes}"/></View>
</NexusPanel>
`

const stateOf = (record: DocumentRecord): JsonObject | null =>
  parse(renderPanel(record).get('state.json') ?? 'null') as JsonObject | null

const write = (source: string) => (doc: Y.Doc) => doc.getText('nxml').insert(0, source)
const vote = (count: number) => (doc: Y.Doc) =>
  void doc.getMap('state').set('votes', Y.Array.from([count, 1]))

test('[SNAP15] a panel with a source shows its declared states, and the source as it is', () => {
  const record = recordOf([write(SOURCE), vote(2), set('undeclared', 1)])
  expect(renderPanel(record).get('panel.nxml')).toBe(SOURCE)
  expect(stateOf(record)).toEqual({ notes: 'nothing yet', votes: 3 })
})

test('[SNAP15] a source with errors does not stop the snapshot: the state is shown as stored', () => {
  const record = recordOf([write('<NexusPanel title="Vo'), vote(2)])
  expect(renderPanel(record).get('panel.nxml')).toBe('<NexusPanel title="Vo')
  expect(stateOf(record)).toEqual({ votes: [2, 1] })
})
