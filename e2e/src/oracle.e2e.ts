import { setTimeout as pause } from 'node:timers/promises'
import { type Operation as ClientOperation, createClient, type HistoryEntry, isApiError } from '@nexus/client'
import { createRandom, createTestDatabase, type Random } from '@nexus/core/testkit'
import { expect, test, vi } from 'vitest'
import {
  createFreeFormPanel,
  type Json,
  type LiveEditor,
  merged,
  type NexusProcess,
  type Operation,
  openLiveEditor,
  patched,
  signUp,
  startNexus,
  valueAt,
  withDataDir,
} from './kit/index.ts'
import { randomJson, randomPatch } from './kit/random-edits.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const STEPS = 150
const EDITORS = 2
const API = '/$state/api'

interface Read {
  readonly state: Json
  readonly version: number
}

/** A panel as its API shows it. */
async function openPanel({ url }: NexusProcess) {
  const account = await signUp(url)
  const token = account.accessToken
  const panelId = await createFreeFormPanel(url, account, { api: {} })
  const path = `${url}/api/state/${account.workspaceId}/${panelId}`
  const client = createClient({ baseUrl: url, token })
  const state = client.panel(account.workspaceId, panelId)
  const besideId = await createFreeFormPanel(url, account, { made: [] })
  return {
    state,
    /** Changes the panel, and says so in another one, or neither. */
    patchBeside: async (patches: readonly Operation[]): Promise<{ version: number }> => {
      const note = { op: 'add', path: '/$state/made/-', value: { id: crypto.randomUUID() } }
      const { panels } = await client.batch(account.workspaceId, [
        { panelId, patches: sent(patches) },
        { panelId: besideId, patches: sent([note]) },
      ])
      return { version: panels[0]?.version ?? 0 }
    },
    madeBeside: async () => client.panel(account.workspaceId, besideId).valueAt('/$state/made'),
    read: async (version?: number): Promise<Read> => {
      const read = await state.read(version === undefined ? {} : { version })
      return { state: read.state as unknown as Json, version: read.version }
    },
    edit: () => openLiveEditor({ url, token, document: `${account.workspaceId}/${panelId}` }),
    events: () => fetch(`${path}/events?token=${token}`, { headers: { 'last-event-id': '1' } }),
  }
}
type Panel = Awaited<ReturnType<typeof openPanel>>

/** What became of a write: the version it made, or the code it was refused with. */
interface Answer {
  readonly version: number | null
  readonly refusal: string | null
}

async function answerTo(write: Promise<{ readonly version: number }>): Promise<Answer> {
  try {
    return { version: (await write).version, refusal: null }
  } catch (error) {
    if (!isApiError(error) || error.status < 400 || error.status >= 500) throw error
    return { version: null, refusal: error.code }
  }
}

const sent = (operations: readonly Operation[]) => operations as unknown as readonly ClientOperation[]

/** What a request is, what it answers, and what it leaves below `api`; the same as before when it is refused. */
interface Outcome {
  readonly asked: unknown
  readonly answer: Answer
  readonly isRefused: boolean
  /** It was made together with a change of another panel. */
  readonly isBatch?: boolean
  readonly after: Json
}

async function step(
  panel: Panel,
  random: Random,
  now: Json,
  known: ReadonlyMap<number, Json>,
): Promise<Outcome> {
  const kind = random.below(10)
  if (kind < 5) {
    const patches = randomPatch(random, API, now)
    const after = patched({ $state: { api: now } }, patches)
    const isBatch = random.below(3) === 0
    const answer = await answerTo(isBatch ? panel.patchBeside(patches) : panel.state.patch(sent(patches)))
    return { asked: patches, answer, isBatch, isRefused: after === undefined, after: at(after, now) }
  }
  if (kind < 7) {
    const patch = { $state: { api: { a: randomJson(random), c: null, b: randomJson(random) } } }
    const answer = await answerTo(panel.state.merge(patch))
    return { asked: patch, answer, isRefused: false, after: merged(now, patch.$state.api) }
  }
  const { state, version } = await panel.read()
  if (kind < 8) {
    const next = {
      ...(valueAt(state, '/$state') as object),
      api: { ...(now as object), put: randomJson(random) },
    }
    const answer = await answerTo(panel.state.replace(next, { version }))
    return { asked: next, answer, isRefused: false, after: next.api as Json }
  }
  // Something of its own, said to an old version: it is added to whatever has become of the rest.
  const old = random.pick([...known.keys()])
  const key = `stale ${version}`
  const patches = [{ op: 'add', path: `${API}/${key}`, value: version }]
  const answer = await answerTo(panel.state.patch(sent(patches), { version: old }))
  return { asked: { patches, old }, answer, isRefused: false, after: { ...(now as object), [key]: version } }
}

const at = (panel: Json | undefined, otherwise: Json): Json =>
  panel === undefined ? otherwise : (valueAt(panel, API) ?? null)

/** Writes keys of its own until told to stop. */
async function writeLive(editor: LiveEditor, name: string, isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    editor.state.set(`${name} ${n % 7}`, n)
    if (n % 5 === 0) editor.state.delete(`${name} ${(n + 3) % 7}`)
    await pause(15)
  }
  await editor.whenSaved()
}

async function follow(response: Response, panels: Map<number, Json>): Promise<void> {
  let panel: Json = panels.get(1) ?? null
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data === undefined) continue
      const message = JSON.parse(data)
      panel = message.type === 'state_sync' ? message.state : (patched(panel, message.patch) ?? null)
      panels.set(message.version, structuredClone(panel))
    }
  }
}

/** Random requests and people at once; then everything that can be read is compared with plain values. */
async function compareWithModel(nexus: NexusProcess): Promise<void> {
  const random = createRandom(SEED)
  const panel = await openPanel(nexus)
  const followed = new Map<number, Json>([[1, (await panel.read(1)).state]])
  const events = await panel.events()
  const following = follow(events, followed).catch(() => undefined)
  const editors = await Promise.all(Array.from({ length: EDITORS }, panel.edit))
  let isOver = false
  const writing = editors.map((editor, index) => writeLive(editor, `live ${index}`, () => isOver))
  const known = new Map<number, Json>([[1, {}]])
  let now: Json = {}
  let batches = 0
  for (let count = 0; count < STEPS; count += 1) {
    const { asked, answer, isRefused, isBatch, after } = await step(panel, random, now, known)
    expect(answer.refusal !== null, JSON.stringify({ asked, answer })).toBe(isRefused)
    if (isRefused) continue
    now = after
    if (isBatch === true) batches += 1
    known.set(answer.version ?? 0, structuredClone(after))
  }
  isOver = true
  await Promise.all(writing)
  const newest = await panel.read()
  expect(valueAt(newest.state, API)).toEqual(now)
  expect(await panel.madeBeside()).toHaveLength(batches)
  for (const editor of editors) {
    await editor.whenState(() => true)
    expect(editor.state.toJSON()).toEqual(valueAt(newest.state, '/$state'))
  }
  for (const [version, api] of known) expect(valueAt((await panel.read(version)).state, API)).toEqual(api)
  await vi.waitFor(() => expect([...followed.keys()]).toContain(newest.version), 10_000)
  await compareHistory(panel, newest, followed)
  await compareDifferences(panel, random, newest.version)
  for (const editor of editors) editor.close()
  await nexus.stop()
  await following
}

/** Every version's patch, folded, is what GET answers there; and so is what a subscriber was told. */
async function compareHistory(
  panel: Panel,
  newest: Read,
  followed: ReadonlyMap<number, Json>,
): Promise<void> {
  let folded: Json = { $state: {}, $computed: {} }
  const entries: HistoryEntry[] = []
  for await (const entry of panel.state.history({ pageSize: 100 })) entries.push(entry)
  expect(entries).toHaveLength(newest.version)
  for (const { version, patch } of entries.toReversed()) {
    folded = patched(folded, patch as unknown as Operation[]) ?? null
    const { state } = await panel.read(version)
    expect(folded).toEqual(state)
    expect(followed.get(version), `version ${version} as it was told`).toEqual(state)
  }
}

async function compareDifferences(panel: Panel, random: Random, newest: number): Promise<void> {
  for (let count = 0; count < 20; count += 1) {
    const [from, to] = [1 + random.below(newest), 1 + random.below(newest)]
    const patch = (await panel.state.diff(from, to)) as unknown as Operation[]
    expect(patched((await panel.read(from)).state, patch)).toEqual((await panel.read(to)).state)
  }
}

test(`[E2E-ORACLE1] random requests beside live editors: every version reads as plain values say, embedded (SEED=${SEED})`, async () => {
  await withDataDir(async (dataDir) => compareWithModel(await startNexus({ dataDir })))
})

test(`[E2E-ORACLE1] the same on PostgreSQL (SEED=${SEED})`, async () => {
  await using database = await createTestDatabase()
  await withDataDir(async (dataDir) =>
    compareWithModel(await startNexus({ dataDir, databaseUrl: database.url })),
  )
})
