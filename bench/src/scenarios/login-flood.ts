import { type Account, createFreeFormPanel, signUp } from '@nexus/e2e/kit'
import { beginLogins, logIn } from '../clients/login-crowd.ts'
import { type DatabaseKind, withNexus } from '../databases.ts'
import { median, rounded } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { type Series, toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'
import { measureAcks } from './ack-rate.ts'

const BAR = { loginMs: 300, ratio: 1.3 }
const PEOPLE = 50
const LOGINS_PER_SECOND = 1_000 / 60
/** One after the other, nothing else going on. */
const CALM = { perSecond: 5, count: 100 }

async function measure(database: DatabaseKind, { quick }: RunOptions) {
  const [rounds, seconds] = quick ? [2, 4] : [7, 8]
  return withNexus(database, async ({ url }) => {
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => signUp(url)))
    const [editor] = people as [Account]
    const target = {
      node: { url },
      token: editor.accessToken,
      newDocument: async () => `${editor.workspaceId}/${await createFreeFormPanel(url, editor)}`,
    }
    const calm = toSeries(await runAtPace(CALM, (index) => logIn(url, people[index % PEOPLE] as Account)))
    const without: Series[] = []
    const during: { acks: Series; logins: Series }[] = []
    for (let round = 0; round < rounds; round += 1) {
      without.push(await measureAcks(target, seconds))
      const goHome = await beginLogins({ url, people, perSecond: LOGINS_PER_SECOND })
      const acks = await measureAcks(target, seconds)
      during.push({ acks, logins: toSeries(await goHome()) })
    }
    const p95 = (of: readonly Series[]): number => rounded(median(of.map((each) => each.p95)))
    const figures = {
      loginIdle: calm.p95,
      loginFlooded: p95(during.map(({ logins }) => logins)),
      without: p95(without),
      during: p95(during.map(({ acks }) => acks)),
    }
    return {
      figures: { ...figures, ratio: rounded(figures.during / figures.without) },
      runs: { calm, without, during },
    }
  })
}

/** The same editors alone, and while a thousand people a minute sign in to the one process that does everything. */
export async function benchLoginFlood(options: RunOptions): Promise<void> {
  const pglite = await measure('PGlite', options)
  const postgres = await measure('PostgreSQL', options)
  writeResult({
    name: 'login-flood',
    what: 'one process: p95 of a login with nothing else going on; p95 of edit → ack, 100 edits/s on ten panels, during 1,000 logins a minute with right passwords, beside without',
    bar: `login ≤ ${BAR.loginMs} ms, edits ≤ ${BAR.ratio} ×`,
    isMet: [pglite, postgres].every(
      ({ figures }) => figures.loginIdle <= BAR.loginMs && figures.ratio <= BAR.ratio,
    ),
    figures: { pglite: pglite.figures, postgres: postgres.figures },
    runs: [{ pglite: pglite.runs, postgres: postgres.runs }],
  })
}
