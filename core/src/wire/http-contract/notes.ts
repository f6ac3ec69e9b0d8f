import * as z from 'zod'
import type { Json } from '../../model/json.ts'

/** What the OpenAPI document says of a schema that the schema itself does not check. */
interface Note {
  /** The form a value must have for whoever uses it: it is refused there, with a code of its own. */
  readonly shape?: z.ZodType
  /** The setting that bounds a list more narrowly. */
  readonly itemsSetting?: 'MAX_PATCH_OPERATIONS'
}

const notes = new WeakMap<object, Note>()

/** Notes belong to the very schema: what `describe` and its like make of it later has none. */
export function noted<T extends z.ZodType>(schema: T, note: Note): T {
  notes.set(schema, note)
  return schema
}

export const noteOf = (schema: object): Note => notes.get(schema) ?? {}

/** Any JSON value; the transport has bounded its size and depth before. */
const anyJson = (): z.ZodType<Json> => z.custom<Json>((value) => value !== undefined, 'is required')

export const jsonField = anyJson()

/** JSON whose form is looked at where it is used; `shape` tells the document about it. */
export const jsonOfShape = (shape: z.ZodType, description: string): z.ZodType<Json> =>
  noted(anyJson().describe(description), { shape })
