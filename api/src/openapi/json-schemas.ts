import { limits } from '@nexus/core'
import { noteOf } from '@nexus/core/http-contract'
import * as z from 'zod'
import type { ApiOptions } from '../config.ts'
import type { Named } from './operation.ts'

export type JsonSchema = Record<string, unknown>
type Direction = 'input' | 'output'

/** What this server takes at most, as far as the document tells it. */
export type DocumentLimits = Pick<
  ApiOptions,
  'MAX_BODY_BYTES' | 'MAX_JSON_DEPTH' | 'MAX_PATCH_OPERATIONS' | 'MAX_STATE_CHARS'
>

export const DEFAULT_LIMITS: DocumentLimits = {
  MAX_BODY_BYTES: limits.MAX_BODY_BYTES,
  MAX_JSON_DEPTH: limits.MAX_JSON_DEPTH,
  MAX_PATCH_OPERATIONS: limits.MAX_PATCH_OPERATIONS,
  MAX_STATE_CHARS: limits.MAX_STATE_CHARS,
}

/** The schemas of one document. Those that have a name of their own are gathered in `components`. */
export interface Schemas {
  readonly components: Record<string, JsonSchema>
  refTo(named: Named, direction: Direction): JsonSchema
  inline(schema: z.ZodType, direction: Direction): JsonSchema
}

export function createSchemas(bounds: DocumentLimits): Schemas {
  const components: Record<string, JsonSchema> = {}

  function inline(schema: z.ZodType, io: Direction): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => complete(zodSchema, jsonSchema, io),
    })
    const { $schema: _, $defs = {}, ...rest } = inComponents(converted)
    for (const [name, definition] of Object.entries($defs)) components[name] ??= definition
    return rest
  }

  function complete(schema: object, shown: JsonSchema, io: Direction): void {
    const { shape, itemsSetting } = noteOf(schema)
    // Requests with members nobody knows are refused where their schema says so; later versions may answer more.
    if (io === 'output' && shown.additionalProperties === false) delete shown.additionalProperties
    if (itemsSetting !== undefined) shown.maxItems = bounds[itemsSetting]
    if (shape === undefined) return
    const { description } = shown
    for (const key of Object.keys(shown)) delete shown[key]
    Object.assign(shown, inline(shape, io), description === undefined ? {} : { description })
  }

  return {
    components,
    inline,
    refTo: ({ name, schema }, io) => {
      components[name] ??= inline(schema, io)
      return { $ref: `#/components/schemas/${name}` }
    },
  }
}

type Converted = JsonSchema & { readonly $defs?: Record<string, JsonSchema> }

/** The converter refers to definitions of its own; the document has one place for all. */
const inComponents = (schema: object): Converted =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
