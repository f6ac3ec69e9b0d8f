import { expect, test } from 'vitest'
import { auditWords } from './audit-words.ts'

test.each([
  ['invitation_made', { email: 'ben@example.org', role: 'editor' }, 'invited ben@example.org as editor'],
  ['role_changed', { name: 'Ben', from: 'editor', to: 'viewer' }, 'made Ben viewer instead of editor'],
  ['member_removed', { userId: 'u' }, 'removed a member'],
  ['panel_deleted', { name: 'Notes' }, 'deleted the panel “Notes”'],
  [
    'workspace_changed',
    { name: 'Ours', status: 'archived' },
    'named the workspace “Ours”, archived the workspace',
  ],
  ['workspace_changed', { git: 1 }, 'changed the workspace'],
  ['key_borrowed', {}, 'key borrowed'],
])('[STU72] the audit log says %s in words, also what it does not know', (action, details, words) => {
  expect(auditWords({ action, details })).toBe(words)
})
