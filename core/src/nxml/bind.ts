import type { ViewProp } from './compiled-panel.ts'
import type { DeclaredState } from './declarations.ts'
import type { DiagnosticCode } from './diagnostics.ts'
import { FORBIDDEN_MEMBERS } from './expressions/vocabulary.ts'
import { suggest } from './names.ts'
import type { Attribute, ElementNode } from './parse.ts'
import type { ViewContext } from './view.ts'

interface BindContext extends ViewContext {
  readonly path: readonly string[]
  readonly scopeNames: ReadonlySet<string>
  /** Loop variables that hold items; the others are positions. */
  readonly loopNames: ReadonlySet<string>
}

const BIND_PATH = /^\$(state|scope)\.([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*|\[\d+\]|\['[^']*'\])*)$/
const STEP = /\.([A-Za-z_]\w*)|\[(\d+)\]|\['([^']*)'\]/g

const BINDABLE: Readonly<Record<string, readonly string[]>> = {
  Input: ['string', 'number', 'text'],
  Switch: ['boolean'],
}

/** Reads and checks a `bind` path (NXML specification 5.7); null after a refusal. */
export const parseBind = (
  element: ElementNode,
  attribute: Attribute,
  context: BindContext,
): ViewProp | null => {
  const { text } = attribute.value
  const refuse = (code: DiagnosticCode, message: string, hint?: string): null => {
    context.report({ code, message, hint, at: attribute.valueSpan, path: context.path })
    return null
  }
  const [, root, name = '', tail = ''] = BIND_PATH.exec(text) ?? []
  for (const [, mentioned = ''] of text.matchAll(/\$state\.([A-Za-z_]\w*)/g)) context.useState(mentioned)
  const steps = [...tail.matchAll(STEP)].map(([, member, index, quoted]) =>
    index === undefined ? (member ?? quoted ?? '') : Number(index),
  )
  if (root === undefined || steps.some((step) => FORBIDDEN_MEMBERS.has(String(step)))) {
    return refuse('INVALID_BIND_PATH', `bind must be a path like $state.name, found "${text}"`)
  }
  const flaw =
    root === 'state'
      ? findStateFlaw({ element, name, isMember: steps.length > 0 }, context)
      : findScopeFlaw({ name, isMember: steps.length > 0 }, context)
  if (flaw === null)
    return { kind: 'path', root: root === 'state' ? '$state' : '$scope', steps: [name, ...steps] }
  if (!flaw.atName) return refuse(flaw.code, flaw.message, flaw.hint)
  const start = attribute.value.offsetAt(`$${root}.`.length)
  const at = { start, end: start + name.length }
  context.report({ code: flaw.code, message: flaw.message, hint: flaw.hint, at, path: context.path })
  return null
}

interface Flaw {
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint?: string | undefined
  /** The message points at the name, not at the whole value. */
  readonly atName?: true
}

const findStateFlaw = (
  { element, name, isMember }: { element: ElementNode; name: string; isMember: boolean },
  context: BindContext,
): Flaw | null => {
  if (context.computed.has(name)) return { code: 'READONLY_BINDING', message: `"${name}" is computed` }
  const state = context.states.get(name)
  if (state === undefined && context.stateNames.has(name)) return null
  if (state === undefined) {
    const message = `no state or computed value named "${name}"`
    const hint = suggest(name, context.stateNames)
    return { code: 'UNDEFINED_STATE_REFERENCE', message, hint, atName: true }
  }
  return isMember ? findMemberFlaw(state) : findTypeFlaw(element, state)
}

const findMemberFlaw = ({ name, type }: DeclaredState): Flaw | null =>
  type === 'object' || type === 'list'
    ? null
    : { code: 'INVALID_BIND_PATH', message: `the ${type} state "${name}" has no members` }

const findTypeFlaw = (element: ElementNode, { name, type }: DeclaredState): Flaw | null => {
  const bindable = BINDABLE[element.name] ?? []
  if (bindable.includes(type)) return null
  const message = `<${element.name}> cannot bind the ${type} state "${name}"`
  return { code: 'BIND_TYPE_MISMATCH', message, hint: `it takes ${bindable.join(', ')}` }
}

const findScopeFlaw = (
  { name, isMember }: { name: string; isMember: boolean },
  context: BindContext,
): Flaw | null => {
  if (!context.scopeNames.has(name)) {
    const message = `$scope.${name} is not defined here`
    const hint = suggest(name, context.scopeNames)
    return { code: 'INVALID_SCOPE_REFERENCE', message, hint, atName: true }
  }
  if (!context.loopNames.has(name)) return { code: 'READONLY_BINDING', message: `"${name}" is a position` }
  if (isMember) return null
  return {
    code: 'READONLY_BINDING',
    message: `a whole loop item cannot be bound`,
    hint: `bind a member, such as $scope.${name}.title`,
  }
}
