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

/** What becomes of the database's answer to whoever waits for it: one that is killed takes it along. */
export type Answer = 'arrives' | 'is lost'

/** What the harness tells a process. */
export type Order =
  /** From now on whoever reaches `point` waits there. `document` null: with whatever document. */
  | { readonly type: 'arm'; readonly point: Point; readonly document: DocumentName | null }
  /** Disarms; whoever waits goes on. */
  | { readonly type: 'go on'; readonly answer: Answer }

/** What a process tells the harness. */
export type Report = { readonly type: 'armed' } | { readonly type: 'reached'; readonly point: Point }
