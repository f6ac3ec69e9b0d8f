// Loaded before a service's main (`node --import`): puts points into it from outside, so that the product needs no switches.
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { listenToHarness } from './reach.ts'

const MAIN = /\/(api|collab-server|snapshots)\/src\/main\.ts$/
/** What a main imports, and the module here that it gets instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  '@nexus/core/server': './service-process.ts',
  './worker.ts': './snapshot-worker.ts',
}

if (isMainThread) {
  registerHooks({
    resolve: (specifier, context, next) => {
      const instead = MAIN.test(context.parentURL ?? '') ? INSTEAD[specifier] : undefined
      return next(instead === undefined ? specifier : new URL(instead, import.meta.url).href, context)
    },
  })
  listenToHarness()
}
