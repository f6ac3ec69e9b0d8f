import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const SOURCE = `<NexusPanel title="Score">
  <Data>
    <State name="n" type="number" default="3" />
    <Computed name="double" value="$state.n * 2" />
  </Data>
  <View><Text content="{$state.double}" /></View>
</NexusPanel>`

const workspaceFile = (panels: unknown[], rest: object = {}) =>
  JSON.stringify({ formatVersion: 1, id: 'x', name: 'Plans', description: 'Ours', panels, ...rest })
const panelEntry = (name: string, folder: string) => ({ id: 'x', name, type: 'custom', folder })

/** A zip archive, as git packs them. */
function zipOf(files: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-import-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args])
  git('init', '-q')
  git('add', '-A')
  git('commit', '-q', '--allow-empty', '-m', 'all')
  return new Uint8Array(git('archive', '--format=zip', 'HEAD'))
}

const importZip = (person: Person, raw: Uint8Array<ArrayBuffer>, type = 'application/zip') =>
  person.call('POST', '/api/workspaces/import', { raw, headers: { 'content-type': type } })
const workspacesOf = async (person: Person): Promise<unknown[]> =>
  (await person.call('GET', '/api/workspaces')).body

describe('an archive of a repository', () => {
  test.each(['', 'plans-main/'])(
    '[IMP1] becomes a workspace with its panels, in a folder "%s"',
    async (root) => {
      const ann = await signUp(await startTestApi({ db: database.db }))
      const archive = zipOf({
        [`${root}workspace.json`]: workspaceFile([
          panelEntry('Second', 'second-1'),
          panelEntry('First', 'first-2'),
          panelEntry('Broken', 'broken-3'),
        ]),
        [`${root}panels/second-1/state.json`]: '{"any":[1,{"b":null}]}',
        [`${root}panels/first-2/state.json`]: '{"n":7}',
        [`${root}panels/first-2/panel.nxml`]: SOURCE,
        [`${root}panels/broken-3/state.json`]: '{"x":1}',
        [`${root}panels/broken-3/panel.nxml`]: '<NexusPanel',
        [`${root}README.md`]: '# Plans',
      })
      const { status, body, headers } = await importZip(ann, archive)
      expect([status, body.name, body.description]).toEqual([201, 'Plans', 'Ours'])
      expect(headers.get('location')).toBe(`/api/workspaces/${body.id}`)
      expect(body.panels.map(({ name }: { name: string }) => name)).toEqual(['Second', 'First', 'Broken'])
      const states = await Promise.all(
        body.panels.map(async ({ id }: { id: string }) => {
          const { body: panel } = await ann.call('GET', `/api/panels/${id}`)
          const { body: read } = await ann.call('GET', `/api/state/${body.id}/${id}`)
          return [panel.nxmlSource, read.state]
        }),
      )
      expect(states).toEqual([
        [null, { $state: { any: [1, { b: null }] }, $computed: {} }],
        [SOURCE, { $state: { n: 7 }, $computed: { double: 14 } }],
        ['<NexusPanel', { $state: { x: 1 }, $computed: {} }],
      ])
    },
  )

  test('[IMP2] that is none, or not whole, is refused in words, and nothing is made', async () => {
    const ann = await signUp(await startTestApi({ db: database.db, options: { MAX_STATE_CHARS: 1_000 } }))
    const one = workspaceFile([panelEntry('P', 'p-1')])
    const before = await workspacesOf(ann)
    const good = zipOf({ 'workspace.json': one, 'panels/p-1/state.json': '{}' })
    for (const [raw, code, said] of [
      [new Uint8Array(Buffer.from('no zip')), 'validation_failed', 'zip archive'],
      [new Uint8Array(), 'validation_failed', 'zip archive'],
      [good.slice(0, good.length - 30), 'validation_failed', 'zip archive'],
      [zipOf({ 'README.md': 'x' }), 'validation_failed', 'no workspace.json'],
      [zipOf({ 'workspace.json': '{' }), 'validation_failed', 'not JSON'],
      [zipOf({ 'workspace.json': '{}' }), 'validation_failed', 'not one of ours'],
      [
        zipOf({ 'workspace.json': workspaceFile([], { formatVersion: 2 }) }),
        'validation_failed',
        'not one of ours',
      ],
      [
        zipOf({ 'workspace.json': workspaceFile([panelEntry('P', '../x')]) }),
        'validation_failed',
        'not one of ours',
      ],
      [zipOf({ 'workspace.json': one }), 'validation_failed', 'no panels/p-1/state.json'],
      [zipOf({ 'workspace.json': one, 'panels/p-1/state.json': '[]' }), 'validation_failed', 'not an object'],
      [
        zipOf({ 'workspace.json': one, 'panels/p-1/state.json': '{"__proto__":1}' }),
        'validation_failed',
        '__proto__',
      ],
      [
        zipOf({ 'workspace.json': one, 'panels/p-1/state.json': `{"a":"${'x'.repeat(2_000)}"}` }),
        'payload_too_large',
        '1000 characters',
      ],
      [
        zipOf({ 'workspace.json': one, 'panels/p-1/state.json': '{"m":1}', 'panels/p-1/panel.nxml': SOURCE }),
        'invalid_patch',
        'The panel “P”',
      ],
    ] as const) {
      const { body } = await importZip(ann, raw)
      expect([body.code, body.detail]).toEqual([code, expect.stringContaining(said)])
    }
    expect((await importZip(ann, good, 'application/json')).status).toBe(415)
    expect(await workspacesOf(ann)).toEqual(before)
    expect((await importZip(ann, good)).status).toBe(201)
  })

  test('[IMP2] that is too large is 413; one above the quota is refused', async () => {
    const ann = await signUp(await startTestApi({ db: database.db, options: { MAX_IMPORT_BYTES: 1_000 } }))
    const padding = Array.from({ length: 400 }, (_, at) => String(at * 7_919)).join(',')
    const large = zipOf({ 'workspace.json': workspaceFile([]), 'panels/p/state.json': `[${padding}]` })
    expect((await importZip(ann, large)).status).toBe(413)
    const bob = await signUp(await startTestApi({ db: database.db }))
    const empty = zipOf({ 'workspace.json': workspaceFile([]) })
    const statuses: number[] = []
    for (let n = 0; n < 12; n += 1) statuses.push((await importZip(bob, empty)).status)
    expect(statuses.at(-1)).toBe(403)
    expect((await workspacesOf(bob)).length).toBe(1 + statuses.filter((status) => status === 201).length)
    expect((await somePanel(bob)).panelId).not.toBe('')
  })
})
