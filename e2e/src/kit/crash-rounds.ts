import { type Account, createFreeFormPanel, requestJson, signUp } from './account.ts'
import { type LiveEditor, openLiveEditor } from './live-editor.ts'
import type { NexusProcess } from './nexus-process.ts'

export interface CrashRounds {
  readonly start: () => Promise<NexusProcess>
  readonly rounds: number
  /** Live editors at the same time; they share five panels. */
  readonly editors: number
  /** Decides when each kill falls. */
  readonly seed: number
}

export interface CrashOutcome {
  /** Edits acknowledged in all rounds. */
  readonly acknowledged: number
  /** Acknowledged edits that were gone after the restart. */
  readonly lost: number
  readonly lostKeys: readonly string[]
}

const PANELS = 5
/** Time between two edits of one editor, in ms. */
const EDIT_PAUSE_MS = 10
/** A kill falls this long after the editing began, in ms. */
const KILL_AFTER = { min: 300, max: 1_500 }

/** Small seeded generator (mulberry32) so that a round can be repeated. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Editors write unique keys as fast as they can and note in a ledger, outside the product, which ones were
 * acknowledged; the process is killed with SIGKILL in the middle; after the restart every key in the ledger must be in
 * the state that the API reads. The ledger goes on through all rounds, so later crashes must not lose earlier edits.
 */
export async function runCrashRounds({ start, rounds, editors, seed }: CrashRounds): Promise<CrashOutcome> {
  const random = seeded(seed)
  const ledger = new Map<string, Set<string>>()
  let nexus = await start()
  let account = await signUp(nexus.url)
  const panels: string[] = []
  for (let index = 0; index < PANELS; index += 1) panels.push(await createFreeFormPanel(nexus.url, account))
  for (const panel of panels) ledger.set(panel, new Set())

  for (let round = 0; round < rounds; round += 1) {
    const open = await openAll({ nexus, account, panels, editors })
    const writers = open.map((editor, index) => {
      const saved = ledger.get(editor.panel)
      if (saved === undefined) throw new Error('a panel without a ledger')
      return writeKeys(editor.live, `r${round}e${index}`, saved)
    })
    await pause(KILL_AFTER.min + random() * (KILL_AFTER.max - KILL_AFTER.min))
    await nexus.kill()
    for (const writer of writers) writer.stop()
    for (const editor of open) editor.live.close()
    nexus = await start()
    account = await signIn(nexus.url, account)
  }
  const lostKeys = await missingKeys(nexus, account, ledger)
  await nexus.stop()
  const acknowledged = [...ledger.values()].reduce((sum, keys) => sum + keys.size, 0)
  return { acknowledged, lost: lostKeys.length, lostKeys: lostKeys.slice(0, 20) }
}

async function openAll(parts: {
  nexus: NexusProcess
  account: Account
  panels: readonly string[]
  editors: number
}): Promise<{ panel: string; live: LiveEditor }[]> {
  const { nexus, account, panels, editors } = parts
  return Promise.all(
    Array.from({ length: editors }, async (_, index) => {
      const panel = panels[index % panels.length] ?? ''
      const document = `${account.workspaceId}/${panel}`
      return { panel, live: await openLiveEditor({ url: nexus.url, token: account.accessToken, document }) }
    }),
  )
}

/** Writes keys until stopped. A key enters the ledger only when everything up to it is acknowledged. */
function writeKeys(editor: LiveEditor, prefix: string, saved: Set<string>): { stop(): void } {
  let isStopped = false
  const write = async (): Promise<void> => {
    for (let number = 0; !isStopped; number += 1) {
      const key = `${prefix}n${number}`
      editor.state.set(key, number)
      void editor.whenSaved().then(() => {
        if (!isStopped) saved.add(key)
      })
      await pause(EDIT_PAUSE_MS)
    }
  }
  void write()
  return {
    stop: () => {
      isStopped = true
    },
  }
}

async function signIn(url: string, account: Account): Promise<Account> {
  const answer = await requestJson<{ accessToken: string }>(`${url}/api/auth/login`, {
    method: 'POST',
    body: { email: account.email, password: account.password },
  })
  if (answer.status !== 200)
    throw new Error(`login answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { ...account, accessToken: answer.body.accessToken }
}

async function missingKeys(
  nexus: NexusProcess,
  account: Account,
  ledger: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> {
  const missing: string[] = []
  for (const [panel, keys] of ledger) {
    const answer = await requestJson<{ state: { $state: Record<string, unknown> } }>(
      `${nexus.url}/api/state/${account.workspaceId}/${panel}`,
      { token: account.accessToken },
    )
    if (answer.status !== 200)
      throw new Error(`GET answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    for (const key of keys) if (!Object.hasOwn(answer.body.state.$state, key)) missing.push(`${panel}:${key}`)
  }
  return missing
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
