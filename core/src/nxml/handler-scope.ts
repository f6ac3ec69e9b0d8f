import type * as acorn from 'acorn'

/** The names declared in one function or block of a handler. */
export interface HandlerScope {
  /** Name → the state whose live value it was given, or null. */
  readonly names: Map<string, string | null>
  readonly parent: HandlerScope | null
}

export const createScope = (parent: HandlerScope | null, names: Iterable<string> = []): HandlerScope => ({
  names: new Map([...names].map((name) => [name, null])),
  parent,
})

/** The scope that declares a name; null for a free name. */
export const findScope = (scope: HandlerScope | null, name: string): HandlerScope | null => {
  for (let at = scope; at !== null; at = at.parent) if (at.names.has(name)) return at
  return null
}

/** Every identifier a pattern declares. */
export const patternNames = (pattern: acorn.Pattern): string[] => {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement' ? patternNames(property.argument) : patternNames(property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)))
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    default:
      return []
  }
}

/** Names that statements declare for their own block: `let`, `const`, `class` and functions. */
export const blockNames = (statements: readonly acorn.Node[]): string[] =>
  statements.flatMap((node) => {
    const statement = node as acorn.Statement
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') return declaredNames(statement)
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      return statement.id === null ? [] : [statement.id.name]
    }
    return []
  })

export const declaredNames = (declaration: acorn.VariableDeclaration): string[] =>
  declaration.declarations.flatMap(({ id }) => patternNames(id))

/** Names of `var` declarations anywhere in a function's body, without those of functions inside it. */
export const hoistedNames = (node: acorn.Node): string[] => {
  if (isFunction(node)) return []
  const own =
    node.type === 'VariableDeclaration' && (node as acorn.VariableDeclaration).kind === 'var'
      ? declaredNames(node as acorn.VariableDeclaration)
      : []
  return [...own, ...childNodes(node).flatMap(hoistedNames)]
}

const isFunction = (node: acorn.Node): node is acorn.Function & acorn.Node =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression'

/** The nodes directly below a node, in no particular order. */
export const childNodes = (node: acorn.Node): acorn.Node[] =>
  Object.values(node).flatMap((value: unknown) => {
    if (Array.isArray(value)) return value.filter(isNode)
    return isNode(value) ? [value] : []
  })

const isNode = (value: unknown): value is acorn.Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value
