import { readFileSync } from 'node:fs'
import { limits } from '@nexus/core'
import { compilePanel } from '@nexus/core/nxml'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const PAGE = readFileSync(new URL('../../docs/nxml.md', import.meta.url), 'utf8')
const SOURCE = /```xml\n(.*?)```/s.exec(PAGE)?.[1] ?? ''

test('[NXML38] the panel of the page is valid and computes what follows from it', async () => {
  expect(compilePanel(SOURCE).diagnostics).toEqual([])
  const ann = await signUp(await startTestApi({ db: database.db }))
  const { read } = await somePanel(ann, { nxmlSource: SOURCE })
  expect((await read()).body.state).toEqual({
    $state: { bought: 0, budget: 50, items: [], note: '' },
    $computed: { left: 50, total: 0 },
  })
})

test('[NXML38] the writes of the page are answered as it says', async () => {
  const ann = await signUp(await startTestApi({ db: database.db }))
  const { patch, put, read, panelId } = await somePanel(ann, { nxmlSource: SOURCE })
  const rows = [...PAGE.matchAll(/^\| `(\{.*\})` \| (.*) \|$/gm)]
  expect(rows.length).toBeGreaterThan(10)
  for (const [, operation = '', said] of rows) {
    const { status, body } = await patch([JSON.parse(operation)])
    const refusal = { code: 'invalid_patch', detail: `Operation 0: ${said}`, pointer: expect.any(String) }
    expect([operation, status, body]).toMatchObject([
      operation,
      said === 'saved' ? 200 : 422,
      said === 'saved' ? { success: true } : refusal,
    ])
  }
  await put({ state: { $state: { budget: 20 } } })
  expect((await read()).body.state.$state).toEqual({ bought: 0, budget: 20, items: [], note: '' })
  const source = '<NexusPanel title="x"><Data><State name="budget" type="string" /></Data></NexusPanel>'
  await ann.call('PATCH', `/api/panels/${panelId}`, { body: { nxmlSource: source } })
  expect((await read()).body.state.$state).toEqual({ budget: '20' })
  expect(PAGE).toContain(`${limits.MAX_NXML_BYTES.toLocaleString('en')} bytes`)
})
