import { createWorkspaceId, type Json } from '@nexus/core'
import { expect, test } from 'vitest'
import { openRepository } from '../git/repository.ts'
import { toCanonicalJson } from '../render/canonical-json.ts'
import type { Files } from '../render/panel-files.ts'
import { temporaryFolder } from '../testkit/temporary-folder.ts'
import { compareContent } from './compare-content.ts'

const panel = (state: Json, source: string): Files =>
  new Map([
    ['state.json', toCanonicalJson(state)],
    ['panel.nxml', source],
  ])

/** What is said of files that become others, and the texts that were read for it. */
async function compare(before: Files, after: Files) {
  const repository = await openRepository(await temporaryFolder(), createWorkspaceId())
  const write = async (files: Files) => {
    const blobs = new Map<string, Awaited<ReturnType<typeof repository.writeText>>>()
    for (const [name, text] of files) blobs.set(name, await repository.writeText(text))
    return { blobs, tree: await repository.writeFolder({ files: blobs, folders: new Map() }) }
  }
  const former = await write(before)
  const { blobs } = await write(after)
  const read: string[] = []
  const watched = {
    ...repository,
    readText: async (blob: Parameters<typeof repository.readText>[0]) => {
      const text = await repository.readText(blob)
      read.push(text)
      return text
    },
  }
  return { said: await compareContent(watched, former.tree, { files: after, blobs }), read }
}

test('[SNAP22] only the former state is read, and only when it is another', async () => {
  expect(await compare(panel({ n: 1 }, 'a'), panel({ n: 2 }, 'a'))).toEqual({
    said: ['n changed'],
    read: ['{\n  "n": 1\n}\n'],
  })
  expect(await compare(panel({ n: 1 }, 'a'), panel({ n: 1 }, 'b'))).toEqual({
    said: ['source changed'],
    read: [],
  })
  expect((await compare(panel({ n: 1 }, 'a'), panel({ n: 2 }, 'b'))).said).toEqual([
    'source changed',
    'n changed',
  ])
})

test('[SNAP22] the same content in other bytes is no change', async () => {
  const old: Files = new Map([['state.json', '{"n":1}']])
  expect((await compare(old, new Map([['state.json', toCanonicalJson({ n: 1 })]]))).said).toEqual([])
})

test('[SNAP22] a state that is too large, is none or was not there is said to have changed, and stops nothing', async () => {
  const large = panel({ text: 'x'.repeat(600_000) }, 'a')
  const small = panel({ text: 'x' }, 'a')
  expect(await compare(small, large)).toEqual({ said: ['state changed'], read: [] })
  expect((await compare(large, small)).said).toEqual(['state changed'])
  for (const text of ['', '{', '[]', 'null', '\0'])
    expect((await compare(new Map([['state.json', text]]), small)).said).toEqual([
      'source changed',
      'state changed',
    ])
  expect((await compare(new Map(), small)).said).toEqual(['source changed', 'state changed'])
})
