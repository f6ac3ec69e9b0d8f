import type * as z from 'zod'

type Issue = z.core.$ZodRawIssue

/**
 * What is allowed where something else was given, for people: said after the name of the field it makes a sentence. Given
 * to every parser of ours in place of the library's own words; what a schema says itself comes before it.
 */
export function issueText(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${KINDS[issue.expected] ?? 'of another kind'}`
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `must be ${oneOf(issue.options)}`
        : 'has none of the forms it may have'
    case 'too_small':
      return leastOf(issue)
    case 'too_big':
      return `must ${boundOf(issue.origin, `at most ${issue.maximum}`, issue.maximum)}`
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'is not written as it must be'
    default:
      return 'has a value that is not allowed'
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  datetime: 'must be a time such as 2026-01-31T12:00:00Z',
}

const leastOf = ({ origin, minimum }: Extract<Issue, { code: 'too_small' }>): string =>
  minimum === 1 && origin === 'string'
    ? 'must not be empty'
    : `must ${boundOf(origin, `at least ${minimum}`, minimum)}`

/** What has a length has characters or items; a number is the bound itself. */
function boundOf(origin: string, bound: string, count: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${count === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `have ${bound} ${count === 1 ? 'item' : 'items'}`
  return `be ${bound}`
}

function oneOf(values: readonly unknown[]): string {
  const named = values.map((value) => (typeof value === 'string' ? `“${value}”` : String(value)))
  const last = named.pop() ?? ''
  return named.length === 0 ? last : `${named.join(', ')} or ${last}`
}
