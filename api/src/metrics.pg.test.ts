import { createMetricsRegistry } from '@nexus/core/server'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { openEvents, until } from './testkit/subscribers.ts'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

/** Lines of one metric, without its name and help. */
const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))

test('[MET1] requests are counted and timed by template, method and class of status; nobody’s ids are in it', async () => {
  const registry = createMetricsRegistry()
  const api = await startTestApi({ db: database.db, metrics: registry.part('api') })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  await panel.read()
  await panel.read()
  await panel.patch([{ op: 'replace', path: '/$state/n', value: 2 }])
  await panel.patch([{ op: 'test', path: '/$state/n', value: 'no' }])
  await ann.call('GET', `/api/state/${ann.workspaceId}/nothing-of-the-kind`)
  await ann.call('GET', '/api/no-such-path/secret-word')
  const text = await registry.text()
  const counts = linesOf(text, 'nexus_http_requests_total')
  const path = '/api/state/:workspaceId/:panelId'
  expect(counts).toContain(
    `nexus_http_requests_total{part="api",method="GET",route="${path}",status="2xx"} 2`,
  )
  expect(counts).toContain(
    `nexus_http_requests_total{part="api",method="GET",route="${path}",status="4xx"} 1`,
  )
  expect(counts).toContain(
    `nexus_http_requests_total{part="api",method="PATCH",route="${path}",status="2xx"} 1`,
  )
  expect(counts).toContain(
    `nexus_http_requests_total{part="api",method="PATCH",route="${path}",status="4xx"} 1`,
  )
  expect(counts).toContain(
    'nexus_http_requests_total{part="api",method="GET",route="unknown",status="4xx"} 1',
  )
  expect(linesOf(text, 'nexus_http_request_duration_seconds_count')).toContain(
    `nexus_http_request_duration_seconds_count{part="api",method="GET",route="${path}",status="2xx"} 2`,
  )
  for (const secret of [ann.workspaceId, panel.panelId, ann.userId, 'secret-word', 'nothing-of-the-kind'])
    expect(text).not.toContain(secret)
})

test('[MET2] commits, edits and states read are counted; what clients listen to is told as it is', async () => {
  const registry = createMetricsRegistry()
  const api = await startTestApi({ db: database.db, metrics: registry.part('api') })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  await panel.put({ state: { $state: { n: 2 } } })
  await panel.put({ state: { $state: { n: 2 } } })
  await panel.read()
  await panel.read()
  const { events, close } = await openEvents(`${api.url}${panel.path}/events`, {
    authorization: `Bearer ${ann.token}`,
  })
  await until(() => events.length > 0)
  const text = await registry.text()
  expect(text).toContain('nexus_append_edits_total{part="api"} 1\n')
  expect(text).toContain('nexus_append_duration_seconds_count{part="api",result="saved"} 1\n')
  expect(text).toContain('nexus_append_waiting_bytes{part="api"} 0\n')
  expect(text).toContain('nexus_state_reads_total{part="api",from="log"} 2\n')
  expect(text).toContain('nexus_state_reads_total{part="api",from="memory"} 1\n')
  expect(text).toMatch(/nexus_state_cache_chars\{part="api"\} [1-9]\d*\n/)
  expect(text).toContain('nexus_subscriptions{part="api"} 1\n')
  close()
  await expect.poll(() => registry.text()).toContain('nexus_subscriptions{part="api"} 0\n')
})
