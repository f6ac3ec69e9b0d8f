import type { ErrorCode } from '@nexus/core'
import type * as z from 'zod'
import type { Admits } from './admits.ts'
import type { RequestHeader, ResponseHeader } from './headers.ts'

/** A schema that the document shows under a name. */
export interface Named {
  readonly name: string
  readonly schema: z.ZodType
}

export interface Answer {
  readonly description: string
  /** Besides those every answer has. */
  readonly headers?: readonly ResponseHeader[]
  /** Absent: no body. */
  readonly body?: Named | { readonly listOf: Named } | { readonly mediaType: string; readonly text: string }
}

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
  readonly admits: Admits
}

export const TAGS = {
  State: 'Panels as JSON: read, change, follow, and every version of them.',
  Snapshots: 'All panels of a workspace at one moment.',
  Panels: 'What a workspace is made of.',
  Workspaces: 'Panels that belong together, their members and their history.',
  Members: 'The people of a workspace.',
  Accounts: 'Who calls.',
} as const
export type Tag = keyof typeof TAGS
