import { writeFile } from 'node:fs/promises'
import { toUserId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { RENDERER_VERSION } from './job/cut.ts'
import { expectSound } from './testkit/real-git.ts'
import { ADA, BOB, createStage, ledgerOf, snapshotsOf, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()
const someStage = () => createStage(database.db)

describe('what a commit holds', () => {
  test('[SNAP7] a workspace is readable files that real git accepts', async () => {
    const stage = await someStage()
    const todo = await stage.addPanel({ name: 'To do', state: { tasks: [{ done: false, title: 'Milk' }] } })
    const worker = await stage.worker()
    await worker.commitChanged()
    const folder = `panels/to-do-${todo.id.slice(-8)}`
    expect((await stage.git('ls-tree', '-r', '--name-only', 'main')).trim().split('\n')).toEqual([
      'README.md',
      `${folder}/state.json`,
      'workspace.json',
    ])
    expect(await stage.git('show', `main:${folder}/state.json`)).toBe(
      '{\n  "tasks": [\n    { "done": false, "title": "Milk" }\n  ]\n}\n',
    )
    expect(JSON.parse(await stage.git('show', 'main:workspace.json'))).toEqual({
      formatVersion: 1,
      id: stage.workspaceId,
      name: 'Work',
      description: '',
      panels: [{ id: todo.id, name: 'To do', type: 'custom', folder: folder.slice('panels/'.length) }],
    })
    await expectSound(stage.repository)
  })

  test('[SNAP7] one changed value is one changed line of git diff', async () => {
    const stage = await someStage()
    const notes = await stage.addPanel({ name: 'Notes', state: { a: 1, b: 2, c: 3 } })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(notes, ADA, (state) => state.set('b', 20))
    await worker.commitChanged()
    const diff = await stage.git('diff', '--unified=0', 'main~1', 'main')
    expect(diff.split('\n').filter((line) => /^[-+] /.test(line))).toEqual(['-  "b": 2,', '+  "b": 20,'])
  })

  test('[SNAP7] the NXML source is in the commit, byte for byte', async () => {
    const stage = await someStage()
    const source = '<NexusPanel title="é">\r\n  no end of line at the end'
    const panel = await stage.addPanel({ name: 'P', source })
    await (await stage.worker()).commitChanged()
    expect(await stage.git('show', `main:panels/p-${panel.id.slice(-8)}/panel.nxml`)).toBe(source)
  })

  test('[SNAP8] the author is who changed most, the others are co-authors', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(panel, BOB, (state) => state.set('x', 1))
    await stage.edit(panel, BOB, (state) => state.set('x', 2))
    await stage.edit(panel, ADA, (state) => state.set('y', 1))
    await worker.commitChanged()
    const format = '%an <%ae>|%cn|%(trailers:key=Co-authored-by,valueonly)'
    expect((await stage.git('log', '-1', `--format=${format}`)).trim()).toBe(
      'Bob b Panel-Version: x <bob@example.org>|Nexus|Ada Lovelace <ada@example.org>',
    )
  })

  test('[SNAP8] what nobody with an account did is signed by Nexus', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(panel, null, (state) => state.set('x', 1))
    await stage.edit(panel, toUserId('deleted-long-ago'), (state) => state.set('x', 2))
    await worker.commitChanged()
    expect((await stage.git('log', '-1', '--format=%an')).trim()).toBe('Nexus')
  })

  test('[SNAP8] the time of a commit is that of its newest change', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(panel, ADA, (state) => state.set('x', 1))
    await worker.commitChanged()
    const [newest] = await stage.log.readTail(panel.document, { after: 1 as never })
    const seconds = Math.floor((newest?.occurredAt.getTime() ?? 0) / 1000)
    expect((await stage.git('log', '-1', '--format=%at %ct')).trim()).toBe(`${seconds} ${seconds}`)
  })

  test('[SNAP8] git itself reads the trailers', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    const id = await stage.request({ description: 'Before the launch\n\nWorkspace-Id: forged' })
    await (await stage.worker()).commitChanged()
    const trailers = await stage.git('log', '-1', '--format=%(trailers:unfold,only)')
    expect(trailers.trim().split('\n')).toEqual([
      `Snapshot-Id: ${id}`,
      `Workspace-Id: ${stage.workspaceId}`,
      `Renderer-Version: ${RENDERER_VERSION}`,
      `Panel-Version: ${panel.id} 1`,
    ])
  })
})

describe('what makes a commit', () => {
  test('[SNAP9] nothing changed means no commit', async () => {
    const stage = await someStage()
    await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await worker.commitChanged()
    expect(await subjectsOf(stage)).toEqual(['First snapshot: 1 panel'])
    expect(await snapshotsOf(stage)).toHaveLength(1)
  })

  test('[SNAP9] versions that change no file make no commit, and the ledger knows them', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P', state: { x: 1 } })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(panel, ADA, (state) => state.set('x', 2))
    await stage.edit(panel, ADA, (state) => state.set('x', 1))
    await worker.commitChanged()
    expect(await subjectsOf(stage)).toHaveLength(1)
    expect((await ledgerOf(stage)).manifest).toEqual({ [panel.id]: 3 })
  })

  test('[SNAP18] an edit changes neither README.md nor workspace.json, an empty workspace has both', async () => {
    const stage = await someStage()
    const worker = await stage.worker()
    await worker.commitChanged()
    expect(await stage.git('show', 'main:README.md')).toContain('# Work\n\nThere are no panels yet.\n')
    const panel = await stage.addPanel({ name: 'a|b', state: { n: 1 } })
    await worker.commitChanged()
    expect(await stage.git('show', 'main:README.md')).toContain(
      `\n| [a\\|b](panels/a-b-${panel.id.slice(-8)}/) | custom |\n`,
    )
    await stage.edit(panel, ADA, (state) => state.set('n', 2))
    await worker.commitChanged()
    expect(await stage.git('diff', '--name-only', 'main~1', 'main')).toBe(
      `panels/a-b-${panel.id.slice(-8)}/state.json\n`,
    )
  })

  test('[SNAP9] unchanged panels keep their objects and are not read again', async () => {
    const stage = await someStage()
    const [kept, changed] = [
      await stage.addPanel({ name: 'Kept' }),
      await stage.addPanel({ name: 'Changed' }),
    ]
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.edit(changed, ADA, (state) => state.set('x', 1))
    const read: string[] = []
    const { log } = stage
    const watched = await stage.worker({
      log: {
        ...log,
        read: (document, version) => {
          read.push(document)
          return log.read(document, version)
        },
      },
    })
    await watched.commitChanged()
    expect(read).toEqual([changed.document])
    const treeOf = async (rev: string) =>
      (await stage.git('rev-parse', `${rev}:panels/kept-${kept.id.slice(-8)}`)).trim()
    expect(await treeOf('main')).toBe(await treeOf('main~1'))
  })

  test('[SNAP9] a renamed panel moves to another folder, its files untouched', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'Old name', state: { x: 1 } })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.db.updateTable('panels').set({ name: 'New name' }).where('id', '=', panel.id).execute()
    await worker.commitChanged()
    const [id, before, after] = [panel.id.slice(-8), 'panels/old-name', 'panels/new-name']
    expect(await stage.git('diff', '-M', '--name-status', 'main~1', 'main')).toBe(
      `M\tREADME.md\nR100\t${before}-${id}/state.json\t${after}-${id}/state.json\nM\tworkspace.json\n`,
    )
    expect(await stage.git('show', '-M', '--stat=200', '--format=', 'main')).toContain(
      ` panels/{old-name-${id} => new-name-${id}}/state.json | 0\n`,
    )
    expect(await subjectsOf(stage)).toEqual(['New name: renamed from Old name', 'First snapshot: 1 panel'])
  })

  test('[SNAP9] a deleted panel is gone from the next commit', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.db.updateTable('panels').set({ deleted_at: new Date() }).where('id', '=', panel.id).execute()
    await worker.commitChanged()
    expect((await stage.git('ls-tree', '-r', '--name-only', 'main')).trim()).toBe('README.md\nworkspace.json')
  })
})

describe('snapshots that were asked for', () => {
  test('[SNAP10] a request is made at once on its notice, with manifest, counts and commit', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P', state: { x: 1 } })
    const worker = await stage.worker({ options: { pollIntervalMs: 3_600_000 } })
    await worker.start()
    const created = new Promise<void>((resolve) => {
      void stage.fanout.onNotice(
        stage.workspaceId,
        (notice) => notice.type === 'snapshot_created' && resolve(),
      )
    })
    const id = await stage.request({ type: 'pre_ai_edit' })
    stage.fanout.publishNotice({ type: 'snapshot_requested', workspaceId: stage.workspaceId })
    await created
    const head = (await stage.git('rev-parse', 'main')).trim()
    const bytes = (await stage.git('ls-tree', '-r', '-l', 'main')).match(/(\d+)\t/g)
    expect(await snapshotsOf(stage)).toMatchObject([
      {
        id,
        state: 'created',
        manifest: { [panel.id]: 1 },
        panel_count: 1,
        total_size_bytes: bytes?.reduce((sum, text) => sum + Number(text.trim()), 0),
        git_commit: head,
        git_branch: 'main',
        completed_at: expect.any(Date),
      },
    ])
  })

  test('[SNAP10] without a notice a request is found by polling', async () => {
    const stage = await someStage()
    await stage.addPanel({ name: 'P' })
    const worker = await stage.worker({ options: { pollIntervalMs: 10 } })
    await worker.start()
    await stage.request()
    await expect.poll(async () => (await snapshotsOf(stage))[0]?.state, { timeout: 20_000 }).toBe('created')
  })

  test('[SNAP10] several who wait at the same time get one commit, which names them all', async () => {
    const stage = await someStage()
    await stage.addPanel({ name: 'P' })
    const ids = [await stage.request(), await stage.request({ type: 'pre_ai_edit' })]
    await (await stage.worker()).commitChanged()
    const head = (await stage.git('rev-parse', 'main')).trim()
    expect(await snapshotsOf(stage)).toMatchObject(
      ids.map((id) => ({ id, state: 'created', git_commit: head })),
    )
    const named = await stage.git('log', '-1', '--format=%(trailers:key=Snapshot-Id,valueonly)')
    expect(named.trim().split('\n')).toEqual(ids)
  })

  test('[SNAP10] a request finds nothing changed: its row points at the commit there is', async () => {
    const stage = await someStage()
    await stage.addPanel({ name: 'P' })
    const worker = await stage.worker()
    await worker.commitChanged()
    await stage.request({ description: 'Release' })
    await worker.start()
    await worker.idle()
    const [auto, manual] = await snapshotsOf(stage)
    expect(manual).toMatchObject({ state: 'created', git_commit: auto?.git_commit, panel_count: 1 })
    expect(manual?.total_size_bytes).toBe(auto?.total_size_bytes)
    expect(await subjectsOf(stage)).toHaveLength(1)
    expect((await stage.git('rev-parse', `snapshot/${manual?.id.slice(-8)}`)).trim()).toBe(auto?.git_commit)
  })

  test('[SNAP10] a snapshot without Git has its manifest and size, and makes no commit', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P' })
    await writeFile(stage.gitDir, 'no folder can be made here')
    await stage.request({ commitToGit: false })
    const worker = await stage.worker()
    await worker.start()
    await worker.idle()
    const [row] = await snapshotsOf(stage)
    expect(row).toMatchObject({
      state: 'created',
      manifest: { [panel.id]: 1 },
      panel_count: 1,
      git_commit: null,
    })
    expect(row?.total_size_bytes).toBeGreaterThan(0)
  })

  test('[SNAP10] of a deleted workspace a request fails with the reason', async () => {
    const stage = await someStage()
    await stage.request()
    await stage.db
      .updateTable('workspaces')
      .set({ deleted_at: new Date() })
      .where('id', '=', stage.workspaceId)
      .execute()
    const worker = await stage.worker()
    await worker.start()
    await worker.idle()
    expect(await snapshotsOf(stage)).toMatchObject([{ state: 'failed', error: 'The workspace is deleted.' }])
  })
})
