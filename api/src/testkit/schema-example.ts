import type { Random } from '@nexus/core/testkit'

/** The parts of JSON Schema that our document uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly required?: readonly string[]
}

/** A value that mostly fits a schema; texts and ids come from `words`. */
export function exampleOf(
  schema: Schema,
  tools: {
    readonly random: Random
    readonly schemas: Readonly<Record<string, Schema>>
    /** By the name of the member it is for. */
    readonly words: (name: string) => string
  },
  name = '',
): unknown {
  const { random, schemas, words } = tools
  if (schema.$ref !== undefined)
    return exampleOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, tools, name)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return random.pick(schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return exampleOf(random.pick(choices), tools, name)
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
  if (type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? { n: { type: 'integer' } })
        .filter(([key]) => schema.required?.includes(key) === true || random.below(4) === 0)
        .map(([key, member]) => [key, exampleOf(member, tools, key)]),
    )
  if (type === 'array')
    return [1, 2].slice(random.below(2)).map(() => exampleOf(schema.items ?? {}, tools, name))
  if (type === 'integer' || type === 'number') return 1 + random.below(2)
  if (type === 'boolean') return random.below(2) === 0
  if (type === 'string') return words(name)
  return anything(random, name)
}

/** Where a schema allows any JSON, what the routes expect there. */
function anything(random: Random, name: string): unknown {
  if (name === 'patches' || name === '') return { op: 'add', path: '/$state/n', value: random.below(9) }
  return random.pick([{ $state: { n: random.below(9) } }, { $state: { n: null } }])
}
