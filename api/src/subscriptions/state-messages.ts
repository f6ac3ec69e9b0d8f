import type { ErrorCode, PanelId, Version } from '@nexus/core'
import type { PanelChange } from '../replicas/panel-patches.ts'
import type { PanelMoment } from './panel-feed.ts'

/** A message to a subscriber, as JSON text without line breaks. */
export interface StateText {
  readonly type: 'state_sync' | 'state_update' | 'error'
  /** The version the subscriber has afterwards; `null` for errors. */
  readonly version: Version | null
  readonly text: string
}

export const syncText = (panelId: PanelId, { version, updatedAt, json }: PanelMoment): StateText => ({
  type: 'state_sync',
  version,
  text: `{"type":"state_sync","panelId":"${panelId}","version":${version},"timestamp":"${updatedAt.toISOString()}","state":${json}}`,
})

/** Written once for all who hear of a change; only the version before it is each subscriber's own. */
const restOfUpdate = new WeakMap<PanelChange, string>()

export function updateText(panelId: PanelId, change: PanelChange, previousVersion: Version): StateText {
  let rest = restOfUpdate.get(change)
  if (rest === undefined) {
    const { version, patch, userId, triggeredBy, triggerSource, occurredAt } = change
    const timestamp = occurredAt.toISOString()
    rest = JSON.stringify({ version, patch, userId, triggeredBy, triggerSource, timestamp }).slice(1)
    restOfUpdate.set(change, rest)
  }
  return {
    type: 'state_update',
    version: change.version,
    text: `{"type":"state_update","panelId":"${panelId}","previousVersion":${previousVersion},${rest}`,
  }
}

interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  /** Whose subscription is over; absent: none is. */
  readonly panelId?: string
  /** What is wrong in the client's message. */
  readonly pointer?: string
}

export const errorText = (refusal: Refusal): StateText => ({
  type: 'error',
  version: null,
  text: JSON.stringify({ type: 'error', ...refusal }),
})
