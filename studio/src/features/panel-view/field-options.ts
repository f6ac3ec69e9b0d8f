/** What both kinds of text field are told. */
export interface FieldOptions {
  readonly id: string
  readonly name: string
  readonly hasLabel: boolean
  readonly placeholder: string
  readonly inputType: 'text' | 'number' | 'password' | 'email'
  readonly isMultiline: boolean
  readonly rows: number
  readonly isDisabled: boolean
  readonly isReadOnly: boolean
  /** Enter in a single line, Ctrl/⌘+Enter in many. */
  readonly onCommit: ((value: string | number) => void) | null
}
