import { isJsonObject, NexusError } from '@nexus/core'
import {
  JSON_PATCH_TYPE,
  jsonField,
  jsonPatchEnvelope,
  jsonPatchOperations,
  MERGE_PATCH_TYPE,
  putStateRequest,
  writeStateQuery,
} from '@nexus/core/http-contract'
import type { Request } from 'express'
import type { ApiOptions } from '../config.ts'
import { mediaTypeOf } from '../middleware/json-body.ts'
import { parseBody, parseQuery } from '../middleware/parse.ts'
import type { Write, WriteRequest } from '../use-cases/write-state.ts'
import { ifMatchOf } from './conditions.ts'
import { receiptOf } from './idempotency.ts'

/** `application/json` is read as a JSON Patch, which is what programs mean that set no type of their own. */
export const PATCH_TYPES = [JSON_PATCH_TYPE, MERGE_PATCH_TYPE, 'application/json']

interface Conditions {
  readonly version?: number | undefined
  readonly strict?: boolean | undefined
  readonly triggeredBy?: WriteRequest['triggeredBy'] | undefined
  readonly triggerSource?: string | undefined
}

/** Body before query; a change that says nothing about its cause comes from a program. */
function toRequest(request: Request, write: Write, given: Conditions): WriteRequest {
  const query = parseQuery(writeStateQuery, request)
  refuseContradiction(query.version, given.version)
  return {
    write,
    base: given.version ?? query.version ?? null,
    isStrict: given.strict ?? false,
    ifMatch: ifMatchOf(request),
    triggeredBy: given.triggeredBy ?? query.triggeredBy ?? 'api',
    triggerSource: given.triggerSource ?? query.triggerSource ?? null,
    receipt: receiptOf(request),
  }
}

function refuseContradiction(inQuery: number | undefined, inBody: number | undefined): void {
  if (inQuery === undefined || inBody === undefined || inQuery === inBody) return
  throw new NexusError(
    'validation_failed',
    `The query names version ${inQuery} and the body version ${inBody}; name one.`,
    { details: { pointer: '/version' } },
  )
}

/** @throws {NexusError} `validation_failed` for more operations, in all, than one request may have. */
export function refuseTooManyOperations(
  writes: readonly Write[],
  { MAX_PATCH_OPERATIONS }: ApiOptions,
): void {
  const count = writes.reduce(
    (sum, write) => sum + (write.kind === 'json-patch' ? write.operations.length : 0),
    0,
  )
  if (count > MAX_PATCH_OPERATIONS)
    throw new NexusError(
      'validation_failed',
      `A request may have at most ${MAX_PATCH_OPERATIONS} operations.`,
    )
}

/** @throws {NexusError} `validation_failed`. */
export function parsePut(request: Request): WriteRequest {
  const { state, ...conditions } = parseBody(putStateRequest, request)
  return toRequest(request, { kind: 'replace', state }, conditions)
}

/** @throws {NexusError} `validation_failed`. */
export function parsePatch(request: Request): WriteRequest {
  const body: unknown = request.body
  if (body === undefined) throw new NexusError('validation_failed', 'The patch is missing.')
  if (mediaTypeOf(request) === MERGE_PATCH_TYPE) {
    return toRequest(request, { kind: 'merge-patch', patch: parseBody(jsonField, request) }, {})
  }
  if (isJsonObject(body)) {
    const { patches, ...conditions } = parseBody(jsonPatchEnvelope, request)
    return toRequest(request, { kind: 'json-patch', operations: patches }, conditions)
  }
  const operations = parseBody(jsonPatchOperations, request)
  return toRequest(request, { kind: 'json-patch', operations }, {})
}
