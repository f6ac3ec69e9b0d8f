import type { Json } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import { toJsonValue } from '../expressions/json-value.ts'
import { MAX_EXTENSION_WAIT_MS } from './run-limits.ts'
import { type RunErrorCode, RunFailure } from './tool-result.ts'

type ExtensionMethod = (...args: readonly Json[]) => Promise<Json>

/** Extension name → method → what it does. Only what is in here can be called. */
export type Extensions = Readonly<Record<string, Readonly<Record<string, ExtensionMethod>>>>

/** The person who triggered a run. */
export interface RunUser {
  readonly id: string
  readonly name: string
}

/** `nexus.user`: who triggered the run, or `null`. */
export const userExtension = (user: RunUser | null): Extensions => ({
  'nexus.user': { current: async () => (user === null ? null : { id: user.id, name: user.name }) },
})

/** One call a handler waits for. */
export interface ExtensionCall {
  readonly id: number
  readonly alias: string
  readonly method: string
  readonly args: readonly Json[]
}

export type Answer = { readonly value: Json } | { readonly code: RunErrorCode; readonly message: string }

/** Makes one call of a panel's alias; never rejects. */
export const callExtension = async (
  call: ExtensionCall,
  { panel, extensions = {} }: { panel: CompiledPanel; extensions?: Extensions },
): Promise<Answer> => {
  const name = panel.extensions.find(({ alias }) => alias === call.alias)?.name ?? call.alias
  return callNamed({ ...call, alias: name }, extensions)
}

/** Makes one call whose `alias` is the extension's own name; never rejects. */
export const callNamed = async (
  { alias: name, method, args }: ExtensionCall,
  extensions: Extensions,
): Promise<Answer> => {
  const methods = Object.hasOwn(extensions, name) ? extensions[name] : undefined
  if (methods === undefined) {
    return { code: 'EXTENSION_NOT_FOUND', message: `the host does not offer "${name}"` }
  }
  const call = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (call === undefined) return { code: 'METHOD_NOT_FOUND', message: `"${name}" has no method ${method}` }
  return settle(call(...args), name)
}

const settle = async (answer: Promise<Json>, name: string): Promise<Answer> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Answer>((resolve) => {
    const message = `"${name}" took longer than ${MAX_EXTENSION_WAIT_MS} ms`
    timer = setTimeout(() => resolve({ code: 'TIMEOUT', message }), MAX_EXTENSION_WAIT_MS)
  })
  const made = answer.then(
    (value): Answer => ({ value: toJsonValue(value) ?? null }),
    (error): Answer => ({
      code: error instanceof RunFailure ? error.code : 'EXECUTION_ERROR',
      message: error instanceof Error ? error.message : String(error),
    }),
  )
  try {
    return await Promise.race([made, late])
  } finally {
    clearTimeout(timer)
  }
}
