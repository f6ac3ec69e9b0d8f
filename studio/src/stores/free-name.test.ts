import { expect, test } from 'vitest'
import { freeName } from './free-name.ts'

test('[STU8] two panels of one kind have two names', () => {
  expect(freeName('Todo list', [])).toBe('Todo list')
  expect(freeName('Todo list', ['Todo list', 'Todo list 2'])).toBe('Todo list 3')
})
