import type * as Y from 'yjs'
import { beginRun, type PanelRun } from '../../document/index.ts'
import type { Json, JsonObject } from '../../model/json.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import { modelOf } from '../panel-model.ts'
import { type RunUser, userExtension } from './extensions.ts'
import type { RunTarget } from './run-request.ts'
import type { Sandbox } from './sandbox.ts'
import type { LogEntry, ToolResult } from './tool-result.ts'

export interface ToolCall {
  readonly sandbox: Sandbox
  readonly panel: CompiledPanel
  readonly tool: string
  readonly args: JsonObject
  /** The panel's document; it is changed. */
  readonly doc: Y.Doc
  /** The caller's own state by name; defaults where it is missing. */
  readonly localState?: Readonly<Record<string, Json>>
  /** Who triggered the run, for `nexus.user`. */
  readonly user?: RunUser | null
  /** What happens to arguments the tool does not declare: dropped, or refused, which an agent wants to be told. */
  readonly unknownArgs?: 'drop' | 'refuse'
  log?(entry: LogEntry): void
}

/**
 * Runs a tool on a panel's document (NXML specification 4.6, 14.5).
 *
 * Each segment of the run is one transaction with origin `tool:NAME` that does what the handler did to the state it was
 * given; edits of others that arrived meanwhile stay. A failed segment changes nothing. Local writes come back in
 * `localWrites`. Never rejects because of the handler.
 */
export const runTool = (call: ToolCall): Promise<ToolResult> =>
  runOnDocument(call, {
    tool: call.tool,
    args: call.args,
    unknownArgs: call.unknownArgs ?? 'drop',
  })

/** Runs a lifecycle hook, as `runTool` does, with origin `lifecycle:mount` or `lifecycle:unmount`. */
export const runLifecycle = (
  call: Omit<ToolCall, 'tool' | 'args' | 'unknownArgs' | 'localState'> & {
    readonly lifecycle: 'mount' | 'unmount'
  },
): Promise<ToolResult> => runOnDocument(call, { lifecycle: call.lifecycle })

const runOnDocument = async (
  { sandbox, panel, doc, localState = {}, user = null, log }: Omit<ToolCall, 'tool' | 'args'>,
  target: RunTarget,
): Promise<ToolResult> => {
  const { shape } = modelOf(panel)
  const origin = 'tool' in target ? `tool:${target.tool}` : `lifecycle:${target.lifecycle}`
  const locals = panel.states.filter(({ scope }) => scope === 'local')
  const withLocals = (shared: JsonObject, source: Readonly<Record<string, Json>>): JsonObject => ({
    ...shared,
    ...Object.fromEntries(locals.map(({ name, default: value }) => [name, source[name] ?? value])),
  })
  let segment: PanelRun | null = null
  const begin = (source: Readonly<Record<string, Json>>): JsonObject => {
    segment = beginRun(doc, shape)
    return withLocals(segment.state, source)
  }
  const { result } = await sandbox.run({
    panel,
    target,
    state: () => begin(localState),
    extensions: userExtension(user),
    commit: (next, { isLast }) => {
      segment?.commit(next, origin)
      return isLast ? next : begin(next)
    },
    ...(log === undefined ? {} : { log }),
  })
  return result
}
