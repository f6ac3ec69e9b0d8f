/** A checked expression: only what NXML allows is left, names are resolved. Private to the evaluator. */
export type ExprNode =
  | { readonly op: 'constant'; readonly value: string | number | boolean | null | undefined }
  | { readonly op: 'state'; readonly name: string }
  | { readonly op: 'scope'; readonly name: string }
  | { readonly op: 'parameter'; readonly slot: number }
  | { readonly op: 'template'; readonly texts: readonly string[]; readonly parts: readonly ExprNode[] }
  | { readonly op: 'list'; readonly items: readonly ListItem[] }
  | { readonly op: 'object'; readonly members: readonly ObjectMember[] }
  | { readonly op: 'unary'; readonly operator: UnaryOperator; readonly operand: ExprNode }
  | {
      readonly op: 'binary'
      readonly operator: BinaryOperator
      readonly left: ExprNode
      readonly right: ExprNode
    }
  | {
      readonly op: 'logical'
      readonly operator: '&&' | '||' | '??'
      readonly left: ExprNode
      readonly right: ExprNode
    }
  | { readonly op: 'condition'; readonly test: ExprNode; readonly yes: ExprNode; readonly no: ExprNode }
  | {
      readonly op: 'member'
      readonly object: ExprNode
      readonly key: string | ExprNode
      readonly optional: boolean
    }
  /** Where a `?.` that met nothing ends. */
  | { readonly op: 'chain'; readonly body: ExprNode }
  | {
      readonly op: 'method'
      readonly object: ExprNode
      readonly name: string
      readonly args: readonly ListItem[]
      readonly optional: boolean
    }
  | { readonly op: 'function'; readonly name: string; readonly args: readonly ListItem[] }
  | { readonly op: 'lambda'; readonly slots: readonly number[]; readonly body: ExprNode }
  /** `Boolean`, `String` or `Number` passed as a callback. */
  | { readonly op: 'callback'; readonly name: string }
  | { readonly op: 'date'; readonly value: ExprNode }

export interface ListItem {
  readonly spread: boolean
  readonly value: ExprNode
}

export type ObjectMember =
  | { readonly kind: 'spread'; readonly value: ExprNode }
  | { readonly kind: 'member'; readonly key: string | ExprNode; readonly value: ExprNode }

export const UNARY_OPERATORS = ['!', '-', '+', 'typeof'] as const
export type UnaryOperator = (typeof UNARY_OPERATORS)[number]

export const BINARY_OPERATORS = [
  '===',
  '!==',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
] as const
export type BinaryOperator = (typeof BINARY_OPERATORS)[number]
