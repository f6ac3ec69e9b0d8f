import { createPanelId, parsePanelId } from '@nexus/core'
import { expect, test } from 'vitest'
import { toFolderNames, toSlug } from './folder-name.ts'

test('[SNAP2] a folder is named after its panel and ends in eight digits of its id', () => {
  const id = createPanelId()
  expect(toFolderNames([{ id, name: 'Café: To-do  List!' }]).get(id)).toBe(`cafe-to-do-list-${id.slice(-8)}`)
})

test.each(['../../etc', '.git', 'a/b\\c', '  ', '日本', '\u0000', 'x'.repeat(500), 'CON'])(
  '[SNAP2] the name %j makes a plain folder name',
  (name) => {
    expect(toSlug(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(toSlug(name).length).toBeLessThanOrEqual(40)
  },
)

test('[SNAP2] two panels that would share a folder get their whole ids', () => {
  const first = parsePanelId('0192f000-0000-7000-8000-0000aabbccdd')
  const second = parsePanelId('0192f001-0000-7000-8000-0000aabbccdd')
  if (first === null || second === null) throw new Error('not ids')
  const folders = toFolderNames([
    { id: first, name: 'Todo' },
    { id: second, name: 'todo' },
  ])
  expect([...folders.values()]).toEqual([`todo-${first}`, `todo-${second}`])
})
