import type { Diagnostic } from './compiled-panel.ts'
import { createLocator, type Span } from './positions.ts'

/** Every code a compilation can give (NXML specification 7.3). */
export const DIAGNOSTIC_SEVERITIES = {
  PARSE_ERROR: 'error',
  INVALID_XML: 'error',
  SOURCE_TOO_LARGE: 'error',
  INVALID_ROOT: 'error',
  UNKNOWN_ELEMENT: 'error',
  DUPLICATE_SECTION: 'error',
  MULTIPLE_VIEW_ROOTS: 'error',
  MISSING_HANDLER: 'error',
  DUPLICATE_HANDLER: 'error',
  UNEXPECTED_TEXT: 'error',
  CHILDREN_NOT_ALLOWED: 'error',
  UNKNOWN_COMPONENT: 'error',
  MISSING_REQUIRED: 'error',
  INVALID_ATTRIBUTE_VALUE: 'error',
  DUPLICATE_ATTRIBUTE: 'error',
  FORBIDDEN_ATTRIBUTE: 'error',
  CONFLICTING_ATTRIBUTES: 'error',
  UNKNOWN_ATTRIBUTE: 'warning',
  DEPRECATED_ATTRIBUTE: 'warning',
  MISSING_TITLE: 'warning',
  MISSING_VIEW: 'warning',
  INVALID_IDENTIFIER: 'error',
  INVALID_TYPE: 'error',
  INVALID_DEFAULT: 'error',
  DUPLICATE_STATE: 'error',
  COMPUTED_CYCLE: 'error',
  UNUSED_STATE: 'warning',
  EXPRESSION_SYNTAX: 'error',
  EXPRESSION_FORBIDDEN: 'error',
  UNDEFINED_STATE_REFERENCE: 'error',
  INVALID_SCOPE_REFERENCE: 'error',
  UNKNOWN_GLOBAL: 'error',
  FORBIDDEN_GLOBAL: 'error',
  FORBIDDEN_PROPERTY: 'error',
  INVALID_BIND_PATH: 'error',
  READONLY_BINDING: 'error',
  BIND_TYPE_MISMATCH: 'error',
  SHADOWED_SCOPE: 'warning',
  MISSING_KEY: 'warning',
  DUPLICATE_TOOL: 'error',
  DUPLICATE_ARG: 'error',
  DUPLICATE_EXTENSION_ALIAS: 'error',
  DUPLICATE_LIFECYCLE: 'error',
  HANDLER_SYNTAX: 'error',
  FORBIDDEN_SYNTAX: 'error',
  EMPTY_HANDLER: 'warning',
  READONLY_WRITE: 'error',
  UNDEFINED_ARG_REFERENCE: 'error',
  UNDECLARED_EXTENSION: 'error',
  UNKNOWN_EXTENSION: 'warning',
  UNUSED_EXTENSION: 'warning',
  UNAWAITED_EXTENSION: 'warning',
  UNKNOWN_API: 'error',
  UNKNOWN_VIEW_ID: 'warning',
  INVALID_EVENT_NAME: 'error',
  UNDEFINED_TOOL_REFERENCE: 'error',
  MISSING_ARGUMENT: 'error',
  UNKNOWN_ARGUMENT: 'warning',
  REQUIRED_WITH_DEFAULT: 'warning',
  DUPLICATE_VIEW_ID: 'error',
  BUTTON_WITHOUT_TRIGGER: 'warning',
  PASSWORD_IN_SHARED_STATE: 'warning',
  UNUSED_TOOL: 'info',
  NO_MOUNT_WITH_EXTENSIONS: 'info',
  LIMIT_EXCEEDED: 'error',
} as const satisfies Record<string, Diagnostic['severity']>

export type DiagnosticCode = keyof typeof DIAGNOSTIC_SEVERITIES

/** A diagnostic before its place is turned into lines and columns. */
export interface Problem {
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint?: string | undefined
  readonly at: Span
  readonly path?: readonly string[]
}

/** Takes in one problem; the order of calls does not matter. */
export type Report = (problem: Problem) => void

/** The problems of one source as diagnostics, sorted by position. */
export const toDiagnostics = (source: string, problems: readonly Problem[]): Diagnostic[] => {
  const locate = createLocator(source)
  return [...problems]
    .sort((a, b) => a.at.start - b.at.start)
    .map(({ code, message, hint, at, path }) => ({
      severity: DIAGNOSTIC_SEVERITIES[code],
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      path: path ?? [],
      loc: locate(at),
    }))
}

/** `LINE:COLUMN severity CODE: message (hint)`. */
export const formatDiagnostic = ({ severity, code, message, hint, loc }: Diagnostic): string =>
  `${loc.startLine}:${loc.startColumn} ${severity} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`
