import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { splitStatements } from './split-statements.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)

/** What takes something away from the release before, whose processes still run while the migration does. */
const TAKES_AWAY = [
  /\bdrop\b(?! (index|constraint|trigger))/i,
  /\brename\b/i,
  /\balter column \S+ (set not null|type|set data type)\b/i,
  // A row that the release before inserts does not name it.
  /\badd column\b(?![^,;]*\bdefault\b)[^,;]*\bnot null\b/i,
  /\b(truncate|delete from)\b/i,
]

/** Statements of an additive migration that are not. */
function breakingStatements(text: string): string[] {
  if (!text.startsWith('-- additive')) return []
  const withoutComments = text.replace(/--[^\n]*/g, '')
  return splitStatements(withoutComments).filter((statement) =>
    TAKES_AWAY.some((pattern) => pattern.test(statement)),
  )
}

test('[FLT6] no migration that says it is additive takes anything away from the release before', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'))
  expect(files.length).toBeGreaterThan(0)
  for (const name of files)
    expect(breakingStatements(readFileSync(new URL(name, FOLDER), 'utf8')), name).toEqual([])
})

test.each([
  'drop table panels',
  'alter table panels drop column name',
  'alter table panels rename column name to title',
  'alter table panels alter column name set not null',
  'alter table panels alter column position type bigint',
  'alter table panels add column colour text not null',
  'delete from panels',
])('[FLT6] "%s" is found', (statement) => {
  expect(breakingStatements(`-- additive\n${statement};`)).toHaveLength(1)
  expect(breakingStatements(`-- breaking\n${statement};`)).toEqual([])
})

test.each([
  'alter table panels add column colour text',
  "alter table panels add column colour text not null default 'red'",
  'create table more (id int not null)',
  'drop index panels_by_name',
])('[FLT6] "%s" is additive', (statement) => {
  expect(breakingStatements(`-- additive\n${statement};`)).toEqual([])
})
