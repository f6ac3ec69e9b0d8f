import { REQUEST_HEADERS } from './headers.ts'
import type { JsonSchema, Schemas } from './json-schemas.ts'
import type { Operation } from './operation.ts'

/** A parameter as OpenAPI has it. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description: string
  readonly schema: JsonSchema
}

const IN_PATH: Readonly<Record<string, string>> = {
  workspaceId: 'Id of the workspace.',
  panelId: 'Id of the panel.',
  sessionId: 'Id of the session.',
  hash: 'The whole hash of a commit, 40 hex digits.',
  userId: 'Id of the person.',
  invitationId: 'Id of the invitation.',
  keyId: 'Id of the API key, which is not the key.',
}

/** What stands in the path, in the query and in headers. */
export const parametersOf = (operation: Operation, schemas: Schemas): Parameter[] => [
  ...pathParametersOf(operation),
  ...queryParametersOf(operation, schemas),
  ...(operation.headers ?? []).map((name) => ({ name, in: 'header' as const, ...REQUEST_HEADERS[name] })),
]

const pathParametersOf = ({ path }: Operation): Parameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: IN_PATH[name] ?? '',
    schema: { type: 'string' },
  }))

/** Described by what the text becomes, such as a number within bounds; required is what has to be given. */
function queryParametersOf({ query }: Operation, schemas: Schemas): Parameter[] {
  if (query === undefined) return []
  const { properties = {} } = schemas.inline(query, 'output')
  const { required = [] } = schemas.inline(query, 'input')
  return Object.entries(properties as Record<string, JsonSchema>).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      required: (required as string[]).includes(name),
      description: String(description ?? ''),
      schema,
    }),
  )
}
