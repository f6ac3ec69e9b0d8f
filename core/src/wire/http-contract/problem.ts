import * as z from 'zod'
import { ERRORS, type ErrorCode } from '../../model/errors.ts'

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

/** Body of every answer with status ≥ 400: RFC 9457, `application/problem+json`. */
export const problemSchema = z.looseObject({
  /** `urn:nexus:problem:{code}` */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(CODES),
  detail: z.string(),
  requestId: z.string(),
  /** With `version_conflict`. */
  currentVersion: z.int().optional(),
  /** RFC 6901, into the body or into the state: what is wrong. */
  pointer: z.string().optional(),
  /** With `invalid_nxml`, 1-based. */
  line: z.int().optional(),
  column: z.int().optional(),
  /** With `validation_failed`: every problem found. */
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
})

export type Problem = z.infer<typeof problemSchema>
