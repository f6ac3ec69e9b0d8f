import { expect, test } from 'vitest'
import { renderReadme } from './readme-file.ts'

const EMPTY = { name: 'Work', description: '', panels: [] }

test('[SNAP18] the README says what the workspace is, and lists its panels with links to their folders', () => {
  const text = renderReadme({
    name: 'Work',
    description: 'What we do.\nAnd why.\n\n\nEvery day.',
    panels: [
      { name: 'To do', type: 'todo', folder: 'to-do-12345678' },
      { name: 'Notes', type: 'free-form', folder: 'notes-87654321' },
    ],
  })
  expect(text.split('\n').slice(0, 11)).toEqual([
    '# Work',
    '',
    'What we do.',
    'And why.',
    '',
    'Every day.',
    '',
    '| Panel | Type |',
    '| --- | --- |',
    '| [To do](panels/to-do-12345678/) | todo |',
    '| [Notes](panels/notes-87654321/) | free-form |',
  ])
  expect(text.endsWith('change the workspace.\n')).toBe(true)
})

test('[SNAP18] an empty workspace says so', () => {
  expect(renderReadme(EMPTY)).toContain('\n\nThere are no panels yet.\n\n')
})

test('[SNAP18] what people wrote stays text: no markup, no rows, no lines of their own', () => {
  const panels = [{ name: 'a|b](x)<script>`c`\n| d', type: 'x', folder: 'a-1' }]
  const text = renderReadme({
    name: '# <b>*x*</b> ![i](j) #',
    description: '- a\n1. b\n# c\n=\n```\n<!--',
    panels,
  })
  expect(text.split('\n').slice(0, 12)).toEqual([
    '# \\# \\<b\\>\\*x\\*\\</b\\> \\!\\[i\\](j) \\#',
    '',
    '\\- a',
    '1\\. b',
    '\\# c',
    '\\=',
    '\\`\\`\\`',
    '\\<\\!--',
    '',
    '| Panel | Type |',
    '| --- | --- |',
    '| [a\\|b\\](x)\\<script\\>\\`c\\` \\| d](panels/a-1/) | x |',
  ])
  const linked = renderReadme({ ...EMPTY, description: 'Hello\n:-\nhttps://x.y www.x.y me@x.y\n👨‍👩‍👧' })
  expect(linked.split('\n').slice(2, 6)).toEqual([
    'Hello',
    '\\:-',
    'https\\://x.y www\\.x.y me\\@x.y',
    '👨‍👩‍👧',
  ])
  for (const name of ['\0\u001b[31m', '\ud800', '\u202Eabc\u2028d', ' ']) {
    const line = renderReadme({ ...EMPTY, name }).split('\n')[0] ?? ''
    expect(line).toMatch(/^#[^\p{Cc}\p{Cf}]*$/u)
    expect(line.isWellFormed()).toBe(true)
  }
})

test('[SNAP18] a name that shows nothing is a title and a link all the same', () => {
  const panels = [{ name: '\u200b', type: 'x', folder: 'panel-1' }]
  const lines = renderReadme({ name: '\u200d \u2060', description: '', panels }).split('\n')
  expect([lines[0], lines[4]]).toEqual(['# Untitled', '| [Untitled](panels/panel-1/) | x |'])
})
