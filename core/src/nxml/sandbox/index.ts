export type { ExtensionMethod, Extensions, RunUser } from './extensions.ts'
export { userExtension } from './extensions.ts'
export { runLifecycle, runTool, type ToolCall } from './run-tool.ts'
export {
  createSandbox,
  type RunOutcome,
  type RunRequest,
  type RunTarget,
  type Sandbox,
  type SandboxOptions,
} from './sandbox.ts'
export type {
  LogEntry,
  RunError,
  RunErrorCode,
  ToolEvent,
  ToolResult,
  ViewCommand,
} from './tool-result.ts'
