// Entry of a sandbox thread: a worker of a browser or of Node. Runs one handler at a time.
import type { Json, JsonObject } from '../../model/json.ts'
import { createEnginePool } from './engine-pool.ts'
import type { Answer, Extensions } from './extensions.ts'
import { type Machine, runHandler } from './run-handler.ts'
import type { FromThread, ToThread } from './thread-messages.ts'
import { RunFailure } from './tool-result.ts'
import { parentPort } from './worker-host.ts'

const port = parentPort<ToThread, FromThread>()
let machine: Promise<Machine> | null = null
/** Whom the next `committed` or `refused` is for. */
let committing: PromiseWithResolvers<JsonObject> | null = null
const calls = new Map<number, PromiseWithResolvers<Json>>()
let callCount = 0

port.listen((message) => {
  switch (message.type) {
    case 'init':
      void start(message.wasm)
      return
    case 'run':
      void run(message)
      return
    case 'committed':
      committing?.resolve(message.next)
      return
    case 'refused':
      committing?.reject(new Error(message.message))
      return
    case 'answer':
      settle(message.id, message.answer)
      return
  }
})

const start = async (wasm: ArrayBuffer | null): Promise<void> => {
  const options = wasm === null ? {} : { loadWasm: async () => wasm }
  machine = createEnginePool(options).then((pool) => ({ pool, now: () => performance.now() }))
  try {
    await machine
    port.post({ type: 'ready' })
  } catch (error) {
    port.post({ type: 'failed', message: String(error) })
  }
}

const run = async ({ panel, target, state, offered }: ToThread & { type: 'run' }): Promise<void> => {
  if (machine === null) throw new Error('a run came before init')
  const commit = (left: JsonObject, { isLast }: { readonly isLast: boolean }): Promise<JsonObject> => {
    committing = Promise.withResolvers<JsonObject>()
    port.post({ type: 'commit', left, isLast })
    return committing.promise
  }
  const log = (entry: (FromThread & { type: 'log' })['entry']): void => port.post({ type: 'log', entry })
  const request = { panel, target, state, extensions: forwarded(offered), commit, log }
  port.post({ type: 'done', outcome: await runHandler(request, await machine) })
}

/** Extensions that ask the caller. */
const forwarded = (offered: Readonly<Record<string, readonly string[]>>): Extensions =>
  Object.fromEntries(
    Object.entries(offered).map(([name, methods]) => [
      name,
      Object.fromEntries(
        methods.map((method) => [method, (...args: readonly Json[]) => ask(name, method, args)]),
      ),
    ]),
  )

const ask = (name: string, method: string, args: readonly Json[]): Promise<Json> => {
  callCount += 1
  const waiting = Promise.withResolvers<Json>()
  calls.set(callCount, waiting)
  port.post({ type: 'extension', call: { id: callCount, alias: name, method, args } })
  return waiting.promise
}

const settle = (id: number, answer: Answer): void => {
  const waiting = calls.get(id)
  calls.delete(id)
  if ('value' in answer) waiting?.resolve(answer.value)
  else waiting?.reject(new RunFailure(answer.code, answer.message))
}
