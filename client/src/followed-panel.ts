import type { Json } from '@nexus/core'
import type { StateMessage, StateSocketRequest } from '@nexus/core/http-contract'
import { type JsonPatchOperation, patchedJson } from '@nexus/core/json-patch'
import type { ApiError } from './api-error.ts'
import type { PanelValue } from './panel.ts'

/** The state of a panel at a version, and what made it. */
export interface PanelUpdate {
  readonly state: PanelValue
  readonly version: number
  /** RFC 3339: when the version was saved. */
  readonly timestamp: string
  /** `null`: the whole state, at the beginning or after more was missed than could be told. */
  readonly change: PanelChange | null
}

export interface PanelChange {
  /** Leads from the state at `previousVersion`, which was the one told before, to this one. */
  readonly patch: readonly JsonPatchOperation[]
  readonly previousVersion: number
  readonly userId: string | null
  readonly triggeredBy: 'user' | 'ai' | 'api' | 'system'
  readonly triggerSource: string | null
}

export interface PanelListener {
  onUpdate(update: PanelUpdate): void
  /** It is over, and why: the panel is gone, or may not be seen any more. */
  onEnd?(error: ApiError): void
}

type Told = Extract<StateMessage, { type: 'state_sync' | 'state_update' }>

/** One panel that listeners of this process follow together. */
export interface FollowedPanel {
  /** @returns `gap` when something between is missing; nothing is told of it then. */
  take(message: Told): 'ok' | 'gap'
  /** Asks for what comes after what is known. */
  request(): StateSocketRequest
  listen(listener: PanelListener): () => void
  readonly hasListeners: boolean
  end(error: ApiError): void
}

/** What a listener throws is its program's, as from any event handler, and keeps nobody else from being told. */
function apart(say: () => void): void {
  try {
    say()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export function followPanel(panelId: string): FollowedPanel {
  const listeners = new Set<PanelListener>()
  let known: PanelUpdate | null = null

  const tell = (update: PanelUpdate): void => {
    known = update
    for (const listener of [...listeners]) apart(() => listener.onUpdate(update))
  }

  return {
    take(message) {
      const { version, timestamp } = message
      if (message.type === 'state_sync') {
        tell({ state: message.state, version, timestamp, change: null })
        return 'ok'
      }
      if (known === null) return 'gap'
      if (version <= known.version) return 'ok'
      if (message.previousVersion !== known.version) return 'gap'
      const { previousVersion, userId, triggeredBy, triggerSource } = message
      const patch = message.patch as unknown as readonly JsonPatchOperation[]
      const state = patchedJson(known.state as unknown as Json, patch) as unknown as PanelValue
      tell({
        state,
        version,
        timestamp,
        change: { patch, previousVersion, userId, triggeredBy, triggerSource },
      })
      return 'ok'
    },
    request: () =>
      known === null
        ? { type: 'subscribe', panelId }
        : ({ type: 'subscribe', panelId, fromVersion: known.version } as StateSocketRequest),
    listen(listener) {
      listeners.add(listener)
      // Who comes later is told at once what is known.
      if (known !== null) listener.onUpdate({ ...known, change: null })
      return () => void listeners.delete(listener)
    },
    get hasListeners() {
      return listeners.size > 0
    },
    end(error) {
      for (const listener of [...listeners]) apart(() => listener.onEnd?.(error))
    },
  }
}
