import { expect, test } from 'vitest'
import type { WorkspaceSummary } from '../../api/shapes.ts'
import { matchingWorkspaces } from './matching-workspaces.ts'

const workspace = (name: string, rest: Partial<WorkspaceSummary> = {}): WorkspaceSummary => ({
  id: name,
  name,
  description: '',
  status: 'active',
  role: 'owner',
  panelCount: 0,
  updatedAt: '',
  ...rest,
})

const ALL = [
  workspace('Sales', { description: 'Northern region' }),
  workspace('Old sales', { status: 'archived' }),
  workspace('Research'),
]

const namesFor = (query: string, withArchived = false) =>
  matchingWorkspaces(ALL, { query, withArchived }).map(({ name }) => name)

test('[STU10] every word must occur in the name or the description, in any case', () => {
  expect(namesFor('sales NORTH')).toEqual(['Sales'])
  expect(namesFor('')).toEqual(['Sales', 'Research'])
})

test('[STU11] archived workspaces are hidden unless asked for', () => {
  expect(namesFor('sales')).toEqual(['Sales'])
  expect(namesFor('sales', true)).toEqual(['Sales', 'Old sales'])
})
