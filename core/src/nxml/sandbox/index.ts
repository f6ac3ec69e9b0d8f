export type { ExtensionMethod, Extensions, RunUser } from './extensions.ts'
export { userExtension } from './extensions.ts'
export type { RunOutcome, RunRequest, RunTarget } from './run-request.ts'
export { runLifecycle, runTool, type ToolCall } from './run-tool.ts'
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts'
export type {
  LogEntry,
  RunError,
  RunErrorCode,
  ToolEvent,
  ToolResult,
  ViewCommand,
} from './tool-result.ts'
