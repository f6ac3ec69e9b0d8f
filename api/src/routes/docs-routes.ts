import { hash } from 'node:crypto'
import { type RequestHandler, Router } from 'express'
import { route } from '../middleware/route.ts'
import { createDocsPage } from '../openapi/docs-page.ts'
import type { DocumentLimits } from '../openapi/json-schemas.ts'
import { createOpenApiDocument } from '../openapi/openapi-document.ts'

/** `/api/openapi.json` and `/api/docs`: what the API is, for programs and for people. */
export function createDocsRoutes(bounds: DocumentLimits): Router {
  const document = createOpenApiDocument(bounds)
  const text = JSON.stringify(document)
  const { html, style } = createDocsPage(document)
  const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`

  const readDocument: RequestHandler = (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=300')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    response.type('json').send(text)
  }
  const readPage: RequestHandler = (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=300')
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; style-src ${styleHash}; base-uri 'none'; frame-ancestors 'none'`,
    )
    response.type('html').send(html)
  }

  const router = Router()
  route(router, '/openapi.json', { GET: readDocument })
  route(router, '/docs', { GET: readPage })
  return router
}
