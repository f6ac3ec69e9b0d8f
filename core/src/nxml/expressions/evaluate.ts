import type { Expr } from '../compiled-panel.ts'
import { type Budget, createBudget, EvaluationStopped, MAX_STEPS } from './budget.ts'
import { looseEquals, toNumber, toPrimitive, toText } from './convert.ts'
import { callFunction, makeDate } from './functions.ts'
import { setMember, visibleEntries } from './members.ts'
import { callMethod } from './methods.ts'
import type { BinaryOperator, ExprNode, ListItem, UnaryOperator } from './tree.ts'
import { FORBIDDEN_MEMBERS } from './vocabulary.ts'

/** What an expression can see. Values are plain JSON and are never changed. */
export interface EvaluationEnv {
  /** A state or computed value by its name. */
  state(name: string): unknown
  /** Loop variables by name. */
  readonly scope: Readonly<Record<string, unknown>>
  /** Told once per evaluation why the result is `undefined`. */
  log?(message: string): void
  /** What this and other evaluations may spend together, besides what each may. */
  readonly shared?: Budget
}

/**
 * The value of a checked expression. Never throws and changes nothing.
 *
 * A member of nothing, a method on the wrong kind of value, or a budget that ran out make the whole expression
 * `undefined`, with one call of `log`. Objects of the state come back as the same objects, not as copies.
 */
export const evaluateExpression = (expr: Expr, env: EvaluationEnv): unknown => {
  try {
    return runTree(expr.node as ExprNode, env)
  } catch (error) {
    env.log?.(`${expr.source}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** What a chain holds after a `?.` that met nothing. */
const BROKEN = Symbol('broken chain')

const runTree = (tree: ExprNode, env: EvaluationEnv): unknown => {
  const budget = createBudget(MAX_STEPS, env.shared)
  const slots: unknown[] = []

  const run = (node: ExprNode): unknown => {
    budget.spend(1)
    switch (node.op) {
      case 'constant':
        return node.value
      case 'state':
        return env.state(node.name)
      case 'scope':
        return Object.hasOwn(env.scope, node.name) ? env.scope[node.name] : undefined
      case 'parameter':
        return slots[node.slot]
      case 'template':
        return runTemplate(node.texts, node.parts)
      case 'list':
        return runItems(node.items)
      case 'object':
        return runObject(node)
      case 'unary':
        return applyUnary(node.operator, run(node.operand), budget)
      case 'binary':
        return applyBinary(node.operator, run(node.left), run(node.right), budget)
      case 'logical':
        return runLogical(node)
      case 'condition':
        return run(node.test) ? run(node.yes) : run(node.no)
      case 'member':
        return runMember(node)
      case 'chain': {
        const value = run(node.body)
        return value === BROKEN ? undefined : value
      }
      case 'method':
        return runMethod(node)
      case 'function':
        return callFunction(node.name, runItems(node.args), budget)
      case 'lambda':
        return runLambda(node)
      case 'callback':
        return (value: unknown) => callFunction(node.name, [value], budget)
      case 'date':
        return makeDate(run(node.value), budget)
    }
  }

  const runTemplate = (texts: readonly string[], parts: readonly ExprNode[]): string => {
    let text = texts[0] ?? ''
    for (const [index, part] of parts.entries()) {
      const added = toText(run(part), budget) + (texts[index + 1] ?? '')
      budget.spendString(text.length + added.length)
      text += added
    }
    return text
  }

  const runItems = (items: readonly ListItem[]): unknown[] => {
    const list: unknown[] = []
    for (const { spread, value } of items) {
      if (spread) spreadInto(list, run(value))
      else list.push(run(value))
    }
    return list
  }

  const spreadInto = (list: unknown[], value: unknown): void => {
    if (typeof value !== 'string' && !Array.isArray(value)) {
      throw new EvaluationStopped('only a list or a text can be spread here')
    }
    budget.spend(value.length)
    for (const item of value) list.push(item)
  }

  const runObject = (node: ExprNode & { op: 'object' }): Record<string, unknown> => {
    const made: Record<string, unknown> = {}
    for (const member of node.members) {
      if (member.kind === 'spread') {
        for (const [key, value] of visibleEntries(run(member.value), budget)) setMember(made, key, value)
      } else {
        const key = typeof member.key === 'string' ? member.key : toText(run(member.key), budget)
        setMember(made, key, run(member.value))
      }
    }
    return made
  }

  const runLogical = ({ operator, left, right }: ExprNode & { op: 'logical' }): unknown => {
    const value = run(left)
    if (operator === '&&') return value ? run(right) : value
    if (operator === '||') return value ? value : run(right)
    return value === null || value === undefined ? run(right) : value
  }

  /** The object of a member access, or BROKEN behind a `?.`. */
  const runObjectOf = (node: ExprNode & { op: 'member' | 'method' }): unknown => {
    const object = run(node.object)
    if (object === BROKEN) return BROKEN
    if (object !== null && object !== undefined) return object
    if (node.optional) return BROKEN
    throw new EvaluationStopped(`a member of ${object} was read`)
  }

  const runMember = (node: ExprNode & { op: 'member' }): unknown => {
    const object = runObjectOf(node)
    if (object === BROKEN) return BROKEN
    const key = typeof node.key === 'string' ? node.key : run(node.key)
    return readMember(object, key, budget)
  }

  const runMethod = (node: ExprNode & { op: 'method' }): unknown => {
    const object = runObjectOf(node)
    if (object === BROKEN) return BROKEN
    return callMethod(object, node.name, runItems(node.args), budget)
  }

  const runLambda =
    ({ slots: parameters, body }: ExprNode & { op: 'lambda' }) =>
    (...values: readonly unknown[]): unknown => {
      for (const [index, slot] of parameters.entries()) slots[slot] = values[index]
      return run(body)
    }

  const value = run(tree)
  return value === BROKEN ? undefined : value
}

/** Own members only; a text and a list have `length` and positions. */
const readMember = (object: unknown, key: unknown, budget: Budget): unknown => {
  const name = typeof key === 'number' ? String(key) : toText(key, budget)
  if (FORBIDDEN_MEMBERS.has(name)) throw new EvaluationStopped(`${name} is not accessible`)
  if (typeof object === 'string' || Array.isArray(object)) {
    if (name === 'length') return object.length
    return Object.hasOwn(Object(object), name) ? object[Number(name)] : undefined
  }
  if (typeof object !== 'object' || object === null || object instanceof Date) return undefined
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}

const applyUnary = (operator: UnaryOperator, value: unknown, budget: Budget): unknown => {
  switch (operator) {
    case '!':
      return !value
    case '-':
      return -toNumber(value, budget)
    case '+':
      return toNumber(value, budget)
    case 'typeof':
      return typeof value
  }
}

const applyBinary = (operator: BinaryOperator, left: unknown, right: unknown, budget: Budget): unknown => {
  switch (operator) {
    case '===':
      budget.spendComparison(left, right)
      return left === right
    case '!==':
      budget.spendComparison(left, right)
      return left !== right
    case '==':
      return looseEquals(left, right, budget)
    case '!=':
      return !looseEquals(left, right, budget)
    case '+':
      return add(left, right, budget)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(
        operator,
        [toPrimitive(left, budget, 'number'), toPrimitive(right, budget, 'number')],
        budget,
      )
    default:
      return calculate(operator, toNumber(left, budget), toNumber(right, budget))
  }
}

const add = (left: unknown, right: unknown, budget: Budget): string | number => {
  const a = toPrimitive(left, budget, 'text')
  const b = toPrimitive(right, budget, 'text')
  if (typeof a !== 'string' && typeof b !== 'string') return Number(a) + Number(b)
  const text = [String(a), String(b)] as const
  budget.spendString(text[0].length + text[1].length)
  return text[0] + text[1]
}

type Primitive = ReturnType<typeof toPrimitive>

const compare = (
  operator: '<' | '<=' | '>' | '>=',
  [left, right]: readonly [Primitive, Primitive],
  budget: Budget,
): boolean => {
  budget.spendComparison(left, right)
  const bothTexts = typeof left === 'string' && typeof right === 'string'
  const a = bothTexts ? left : toNumber(left, budget)
  const b = bothTexts ? right : toNumber(right, budget)
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}

const calculate = (operator: BinaryOperator, left: number, right: number): number => {
  switch (operator) {
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    default:
      return left ** right
  }
}
