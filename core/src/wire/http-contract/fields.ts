import * as z from 'zod'
import { TRIGGERS } from '../../model/cause.ts'
import { MAX_TRIGGER_SOURCE_CHARS } from '../limits.ts'
import { jsonField } from './notes.ts'

/** PostgreSQL refuses NUL in text, and half a surrogate pair has no UTF-8 form. */
export const isStorableText = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

const UNSTORABLE = 'must not contain NUL characters or half surrogate pairs'

export const storableText = (range: { readonly min?: number; readonly max: number }) =>
  z
    .string()
    .min(range.min ?? 0)
    .max(range.max)
    .refine(isStorableText, UNSTORABLE)

/** A name people give: white space around it is dropped, 1…200 characters are left. */
export const nameField = z.string().trim().min(1).max(200).refine(isStorableText, UNSTORABLE)

export const descriptionField = storableText({ max: 2_000 })

/** PostgreSQL has no year 0, and an offset can lead out of year 1. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z')

/** RFC 3339, UTC, from year 1. */
export const timeField = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= FIRST_TIME, 'must be a time from year 1')

export const jsonObjectField = z.record(z.string(), jsonField)

/** A version a client has seen: 1, 2, 3 … */
export const versionField = z.int().min(1)

/** A version in a query string. */
export const versionText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a version: a whole number from 1')
  .transform(Number)
  .pipe(versionField)

/** Who set a change off; recorded with it. */
export const causeFields = {
  triggeredBy: z
    .enum(TRIGGERS)
    .optional()
    .meta({ description: 'Who set the change off; kept in the history.', default: 'api' }),
  triggerSource: storableText({ max: MAX_TRIGGER_SOURCE_CHARS })
    .optional()
    .describe('What set it off, in words of the caller; kept in the history.'),
}

export const commitHash = z.string().regex(/^[0-9a-f]{40}$/, 'must be a full commit hash')

/** A whole number in a query. */
export const countText = (range: { readonly min: number; readonly max: number }) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(range.min).max(range.max))
