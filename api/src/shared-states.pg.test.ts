import { stateSchema, stateValueSchema } from '@nexus/core/http-contract'
import { createMemoryStateCache } from '@nexus/core/memory'
import { createMetricsRegistry } from '@nexus/core/server'
import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

/** Two processes that share states; what the second says of a panel of the first. */
async function twoApis() {
  const states = createMemoryStateCache()
  const registry = createMetricsRegistry()
  const here = await startTestApi({ db: database.db, states })
  const there = await startTestApi({ db: database.db, states, metrics: registry.part('there') })
  const ann = await signUp(here)
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  const readThere = async (query = '') => {
    const response = await fetch(`${there.url}${panel.path}${query}`, {
      headers: { authorization: `Bearer ${ann.token}` },
    })
    const { version, state, updatedAt } = stateSchema.parse(await response.json())
    return {
      cache: response.headers.get('x-cache'),
      version,
      n: stateValueSchema.parse(state).$state.n,
      updatedAt,
    }
  }
  const readHere = async () => {
    const { headers, body } = await panel.read()
    return {
      cache: headers.get('x-cache'),
      version: body.version,
      n: body.state.$state.n,
      updatedAt: body.updatedAt,
    }
  }
  return { ann, panel, readHere, readThere, registry }
}

describe('states that processes share', () => {
  test('[CACHE6] what one process has built, another finds at hand, then in its own memory', async () => {
    const { readHere, readThere, registry } = await twoApis()
    const built = await readHere()
    expect(built).toMatchObject({ version: 1, n: 1 })
    expect(await readThere()).toEqual({ ...built, cache: 'hit' })
    expect(await readThere()).toEqual({ ...built, cache: 'hit' })
    const text = await registry.text()
    expect(text).toContain('nexus_state_reads_total{part="there",from="shared"} 1')
    expect(text).toContain('nexus_state_reads_total{part="there",from="memory"} 1')
    expect(text).toContain('nexus_state_reads_total{part="there",from="log"} 0')
    expect(text).toMatch(/nexus_state_cache_entries\{part="there"\} 1\n/)
  })

  test('[CACHE6] after every acknowledged write each process answers with it or something newer', async () => {
    const { panel, readHere, readThere } = await twoApis()
    for (let n = 2; n <= 12; n += 1) {
      await panel.put({ state: { $state: { n } } })
      expect(await readThere()).toMatchObject({ version: n, n })
      expect(await readHere()).toMatchObject({ version: n, n })
      if (n % 3 === 0) expect(await readThere()).toMatchObject({ cache: 'hit', version: n, n })
    }
    expect(await readThere('?version=3')).toMatchObject({ version: 3, n: 3 })
  })

  test('[CACHE6] a version of a log that was put back is not found under the number of a new one', async () => {
    const { ann, panel, readHere, readThere } = await twoApis()
    await panel.put({ state: { $state: { n: 2 } } })
    expect(await readHere()).toMatchObject({ version: 2, n: 2 })
    const document = `${panel.path.split('/').slice(3).join('/')}`
    await sql`delete from state_history where document = ${document} and version = 2`.execute(database.db)
    await sql`
      update panel_states p set version = 1, updated_at = h.occurred_at
      from state_history h where h.document = p.document and p.document = ${document}
    `.execute(database.db)
    const other = await startTestApi({ db: database.db })
    await fetch(`${other.url}${panel.path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ state: { $state: { n: 'new' } } }),
    })
    expect(await readThere()).toMatchObject({ version: 2, n: 'new', cache: 'miss' })
  })
})
