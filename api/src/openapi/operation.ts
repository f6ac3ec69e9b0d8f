import type { ErrorCode } from '@nexus/core'
import type * as z from 'zod'

/** A schema that the document shows under a name. */
export interface Named {
  readonly name: string
  readonly schema: z.ZodType
}

export interface Answer {
  readonly description: string
  /** Absent: no body. */
  readonly body?: Named | { readonly listOf: Named } | { readonly mediaType: string; readonly text: string }
}

export const REQUEST_HEADERS = {
  'If-None-Match': 'Versions the client has; 304 when one of them is the one asked for.',
  'If-Match': 'Versions of which one must be the newest, or `*`; otherwise 409.',
  'Idempotency-Key':
    '1 to 200 visible ASCII characters. Sent again within 24 hours the request is not carried out a second time.',
  'Last-Event-ID': 'The version the client has.',
  'X-Client': '`api`: the answer has the session token in its body.',
} as const
export type RequestHeader = keyof typeof REQUEST_HEADERS

/** One method of one path, as the document tells it. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete'
  /** With `{parameters}`. */
  readonly path: string
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly query?: z.ZodObject
  readonly headers?: readonly RequestHeader[]
  /** By media type. */
  readonly body?: Readonly<Record<string, Named>>
  readonly answers: Readonly<Record<number, Answer>>
  /** Besides those every request may get. */
  readonly errors: readonly ErrorCode[]
  /** Asked without an access token. */
  readonly isPublic?: true
}

export const TAGS = {
  State: 'Panels as JSON: read, change, follow, and every version of them.',
  Snapshots: 'All panels of a workspace at one moment.',
  Panels: 'What a workspace is made of.',
  Workspaces: 'Panels that belong together, their members and their history.',
  Accounts: 'Who calls.',
} as const
export type Tag = keyof typeof TAGS
