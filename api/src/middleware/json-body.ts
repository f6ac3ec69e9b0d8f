import { NexusError } from '@nexus/core'
import express, { type Request, type RequestHandler } from 'express'
import { refuseHostileJson } from './body-limits.ts'

interface BodyLimits {
  readonly maxBytes: number
  readonly maxDepth: number
}

/**
 * Reads bodies as JSON into `request.body`; without a body that is `undefined`.
 *
 * @param types - Media types taken; others are answered with `unsupported_media_type`.
 * @throws {NexusError} `malformed_json`, `payload_too_large`, `unsupported_media_type` or `validation_failed`.
 */
export type JsonBody = (types?: readonly string[]) => RequestHandler[]

/** The media type without its parameters, lower case; `''` when there is none. */
export const mediaTypeOf = (request: Request): string =>
  (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

const hasBody = (request: Request): boolean =>
  request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0

export function createJsonBody({ maxBytes, maxDepth }: BodyLimits): JsonBody {
  const parseJson = express.json({ type: () => true, strict: false, limit: maxBytes })
  const checkContent: RequestHandler = (request, _response, next) => {
    refuseHostileJson(request.body, maxDepth)
    next()
  }
  return (types = ['application/json']) => {
    const checkType: RequestHandler = (request, response, next) => {
      if (hasBody(request) && !types.includes(mediaTypeOf(request))) {
        if (request.method === 'PATCH') response.setHeader('accept-patch', types.join(', '))
        throw new NexusError('unsupported_media_type', `Send the body as ${types.join(' or ')}.`)
      }
      next()
    }
    return [checkType, parseJson, checkContent]
  }
}
