import type { JsonSchema } from './json-schemas.ts'
import type { Parameter } from './parameters.ts'

/** A body or an answer of one media type. */
export interface MediaObject {
  readonly schema: JsonSchema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>
}

export interface ResponseObject {
  readonly description: string
  /** Name → where it is described. */
  readonly headers: Readonly<Record<string, { readonly $ref: string }>>
  /** By media type. */
  readonly content?: Readonly<Record<string, MediaObject>>
}

/** One operation as OpenAPI has it. */
export interface OperationObject {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security?: readonly never[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: {
    readonly required: boolean
    readonly description: string
    readonly content: Readonly<Record<string, MediaObject>>
  }
  /** By status. */
  readonly responses: Readonly<Record<string, ResponseObject>>
}
