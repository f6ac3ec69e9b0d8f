import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import compression from 'compression'
import express, { type Express } from 'express'

/** Where `npm start` builds the studio to. */
export const STUDIO_DIST = fileURLToPath(new URL('../../studio/dist', import.meta.url))

/** Only our own scripts run; `wasm-unsafe-eval` is what the sandbox's WebAssembly needs and allows no script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/**
 * Serves the built studio: files as they are (those with a hash in their name for a year), and the one page for every
 * other path, so that links into the application work.
 */
export function createStudioFiles(dist: string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS)
    next()
  })
  // Files only, the same for everybody: nothing secret is compressed beside what a stranger chose.
  app.use(compression())
  app.use(
    '/assets',
    express.static(join(dist, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  )
  app.use(express.static(dist, { index: false, maxAge: 0 }))
  app.get('/{*path}', (_request, response) => {
    const page = join(dist, 'index.html')
    if (!existsSync(page)) {
      response.status(503).type('text/plain').send('The studio is not built. Run: npm start\n')
      return
    }
    response.set('Cache-Control', 'no-cache').sendFile(page)
  })
  app.use(
    (_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      if (response.headersSent) response.destroy()
      else response.status(404).type('text/plain').send('There is no such file.\n')
    },
  )
  return app
}
