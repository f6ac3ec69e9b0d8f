import type { DocumentName } from '@nexus/core'

/** Moments in the product at which something may be struck. */
export const POINTS = [
  'before append',
  'after commit before ack',
  'during checkpoint',
  'during open',
  'during unload',
  'during Git commit',
] as const

export type Point = (typeof POINTS)[number]

/** What the harness tells a process. */
export type Order =
  /** From now on whoever reaches `point` waits there. `document` null: with whatever document. */
  | { readonly type: 'arm'; readonly point: Point; readonly document: DocumentName | null }
  /** Disarms; whoever waits goes on. */
  | { readonly type: 'go on' }

/** What a process tells the harness. */
export type Report = { readonly type: 'armed' } | { readonly type: 'reached'; readonly point: Point }
