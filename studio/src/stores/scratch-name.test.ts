import { expect, test } from 'vitest'
import { scratchName } from './scratch-name.ts'

test('[STU9] a workspace from scratch is called by the day, as the person’s calendar has it', () => {
  expect(scratchName(new Date(2026, 2, 5, 23, 59))).toBe('Workspace - 2026-03-05')
})
