import { Hocuspocus } from '@hocuspocus/server'
import type { DocumentName } from '@nexus/core'
import { reach } from './reach.ts'

/** Documents can be held in the middle of their unloading: decided, and not yet out of memory. */
export function addUnloadPoint(): void {
  const { hooks } = Hocuspocus.prototype
  Hocuspocus.prototype.hooks = function hold(this: Hocuspocus, ...args: Parameters<typeof hooks>) {
    const [name, payload] = args
    if (name !== 'beforeUnloadDocument' || !('documentName' in payload)) return hooks.apply(this, args)
    return reach('during unload', [payload.documentName as DocumentName]).then(() => hooks.apply(this, args))
  } as typeof hooks
}
