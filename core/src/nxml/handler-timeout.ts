import { readAttributes } from './attributes.ts'
import type { Report } from './diagnostics.ts'
import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS, MIN_TIMEOUT_MS } from './limits.ts'
import type { ElementNode } from './parse.ts'

/** `timeoutMs` of a `Handler`, in ms. */
export const readHandlerTimeout = (
  element: ElementNode,
  { report, path }: { report: Report; path: readonly string[] },
): number => {
  const attribute = readAttributes(element, ['timeoutMs'], { report, path }).get('timeoutMs')
  if (attribute === undefined) return DEFAULT_TIMEOUT_MS
  const value = /^\d+$/.test(attribute.value.text) ? Number(attribute.value.text) : Number.NaN
  if (value >= MIN_TIMEOUT_MS && value <= MAX_TIMEOUT_MS) return value
  const message = `timeoutMs must be ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS}; found "${attribute.value.text}"`
  report({ code: 'INVALID_ATTRIBUTE_VALUE', message, at: attribute.valueSpan, path: [...path, 'timeoutMs'] })
  return DEFAULT_TIMEOUT_MS
}
