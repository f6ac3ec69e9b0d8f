import type { Json, JsonObject } from '@nexus/core'
import {
  type CompiledPanel,
  type CompiledTool,
  resolveTriggerArgs,
  toJsonValue,
  type ViewNode,
} from '@nexus/core/nxml'
import type { runTool, Sandbox } from '@nexus/core/nxml/sandbox'
import type * as Y from 'yjs'
import type { PanelStore } from './panel-store.ts'

/** What a tool run asks of the screen of the person who started it. */
export type ScreenEvent =
  | {
      readonly type: 'toast'
      readonly level: 'info' | 'success' | 'warn' | 'error'
      readonly title?: string
      readonly message: string
    }
  | { readonly type: 'modal'; readonly title: string; readonly message: string }
  | { readonly type: 'navigate'; readonly to: { readonly panelId: string } | { readonly url: string } }

export interface ViewCommand {
  readonly id: string
  readonly kind: 'setProp' | 'call'
  readonly args: readonly unknown[]
}

/** What tools run in. */
export interface Engine {
  readonly sandbox: Sandbox
  readonly runTool: typeof runTool
}

let loading: Promise<Engine> | null = null

/** The one engine of this tab, half a megabyte. A failure is forgotten, so that the next call tries again. */
function loadEngine(): Promise<Engine> {
  loading ??= import('@nexus/core/nxml/sandbox')
    .then(async ({ createSandbox, runTool }) => ({ sandbox: await createSandbox(), runTool }))
    .catch((cause: unknown) => {
      loading = null
      throw new Error('What runs it could not be loaded. Check your connection and try again.', { cause })
    })
  return loading
}

const isPlainObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const SCREEN_LEVELS = ['info', 'success', 'warn', 'error'] as const

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Reads an emitted event; `null` for events that are not meant for the screen, or have the wrong shape. */
export function parseScreenEvent({ name, payload }: { name: string; payload: unknown }): ScreenEvent | null {
  const fields = isPlainObject(payload) ? payload : {}
  const title = textOf(fields.title)
  const message = typeof payload === 'string' ? payload : textOf(fields.message)
  if (name === 'toast' && message !== undefined) {
    const level = SCREEN_LEVELS.find((known) => known === (fields.level ?? fields.type)) ?? 'info'
    return { type: 'toast', level, message, ...(title === undefined ? {} : { title }) }
  }
  if (name === 'modal' && message !== undefined) return { type: 'modal', title: title ?? 'Message', message }
  const panelId = textOf(fields.panelId)
  if (name === 'navigate' && panelId !== undefined) return { type: 'navigate', to: { panelId } }
  const url = textOf(fields.url)
  if (name === 'navigate' && url?.startsWith('https://') === true) return { type: 'navigate', to: { url } }
  return null
}

/** Whether the tool writes nothing that others see, so that a viewer may run it. */
export const writesOnlyLocally = (panel: CompiledPanel, tool: CompiledTool): boolean =>
  !tool.handler.dynamicState &&
  tool.handler.extensions.length === 0 &&
  tool.handler.writes.every((name) =>
    panel.states.some((state) => state.name === name && state.scope === 'local'),
  )

interface ToolRun {
  readonly trigger: NonNullable<ViewNode['trigger']>
  readonly scope: Readonly<Record<string, unknown>>
  /** The new value of an Input or Switch that fires. */
  readonly newValue?: Json
}

export interface ToolRunner {
  /** Fetches what tools run in while there is a network, so that they work without one later. Never fails. */
  prepare(): void
  /**
   * Runs after the runs before it. Resolves when it is over, well or not; never rejects.
   */
  run(run: ToolRun): Promise<void>
}

/** What is settled at the moment somebody acts, however long the queue is. */
interface StartedRun {
  readonly name: string
  readonly args: JsonObject
  readonly writeLocal: (name: string, value: Json) => void
}

interface ToolRunnerOptions {
  readonly doc: Y.Doc
  readonly store: PanelStore
  readonly me: { readonly id: string; readonly name: string }
  readonly isReadOnly: () => boolean
  readonly onScreenEvent: (event: ScreenEvent) => void
  readonly onViewCommand: (command: ViewCommand) => void
  /** Another way to the engine. */
  readonly load?: () => Promise<Engine>
}

export function createToolRunner({
  doc,
  store,
  me,
  isReadOnly,
  onScreenEvent,
  onViewCommand,
  load = loadEngine,
}: ToolRunnerOptions): ToolRunner {
  let queue: Promise<void> = Promise.resolve()

  const toolCalled = (name: string): CompiledTool | undefined => {
    const definition = store.definition()
    return definition.kind === 'nxml' ? definition.panel.tools.find((tool) => tool.name === name) : undefined
  }

  /** By what the tool does, in its author's words, rather than by its name. */
  const fail = (name: string, message: string): void => {
    const said = toolCalled(name)?.description || name
    onScreenEvent({ type: 'toast', level: 'error', title: `“${said}” did not work`, message })
  }

  const runNow = async ({ name, args, writeLocal }: StartedRun): Promise<void> => {
    const definition = store.definition()
    if (definition.kind !== 'nxml') return
    const { panel } = definition
    const tool = toolCalled(name)
    if (tool === undefined) return fail(name, 'The panel has no such tool any more.')
    if (isReadOnly() && !writesOnlyLocally(panel, tool))
      return fail(name, 'You can view this panel but not change it.')
    const { sandbox, runTool } = await load()
    const result = await runTool({
      sandbox,
      panel,
      tool: name,
      args,
      doc,
      localState: store.localState(),
      user: me,
    })
    for (const [state, value] of Object.entries(result.localWrites))
      writeLocal(state, toJsonValue(value) ?? null)
    for (const command of result.viewCommands) onViewCommand(command)
    for (const event of result.events) {
      const screenEvent = parseScreenEvent(event)
      if (screenEvent !== null) onScreenEvent(screenEvent)
    }
    if (!result.success) fail(name, result.error?.message ?? 'It stopped without a reason.')
  }

  return {
    prepare: () => {
      // The run that needs it says what is wrong.
      load().catch(() => {})
    },
    run: ({ trigger, scope, newValue }) => {
      // Arguments are read when the person acts, not when the queue comes to it.
      const tool = toolCalled(trigger.tool)
      const env = { state: store.read, scope }
      const args =
        tool === undefined
          ? {}
          : resolveTriggerArgs(trigger, tool, newValue === undefined ? { env } : { env, newValue })
      const started = { name: trigger.tool, args, writeLocal: store.beginLocalRun() }
      queue = queue.then(() =>
        runNow(started).catch((error: unknown) =>
          fail(trigger.tool, error instanceof Error ? error.message : String(error)),
        ),
      )
      return queue
    },
  }
}
