import type { ViewNode } from '@nexus/core/nxml'
import { type ReactNode, useId } from 'react'
import { fieldName, useBinding } from './bound-field.ts'
import type { ComponentProps } from './component.ts'
import type { FieldOptions } from './field-options.ts'
import { usePanel } from './panel-context.ts'
import { numberProp, type Props, textProp, useProps, wordProp } from './props.ts'
import { SharedTextField } from './shared-text-field.tsx'
import { useTrigger } from './trigger.ts'
import { ValueField } from './value-field.tsx'

const isLiterally = (node: ViewNode, name: string, value: boolean): boolean => {
  const prop = node.props[name]
  return prop?.kind === 'literal' && (prop.value === value || prop.value === String(value))
}

function optionsOf(
  node: ViewNode,
  props: Props,
): Pick<FieldOptions, 'name' | 'placeholder' | 'inputType' | 'rows'> {
  return {
    name: fieldName(node, props),
    placeholder: textProp(props, 'placeholder'),
    inputType: wordProp(props, 'inputType', ['text', 'number', 'password', 'email']),
    rows: numberProp(props, 'rows', 3),
  }
}

export function InputView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const binding = useBinding(node, scope)
  const trigger = useTrigger(node, scope)
  const { isReadOnly } = usePanelRights(binding)
  const id = useId()
  const label = textProp(props, 'label')
  const isText = binding.kind === 'text'
  const options: FieldOptions = {
    id,
    ...optionsOf(node, props),
    hasLabel: label !== '',
    isMultiline: isText ? !isLiterally(node, 'multiline', false) : isLiterally(node, 'multiline', true),
    isDisabled: Boolean(props.disabled) || binding.kind === 'unbound',
    isReadOnly,
    onCommit: trigger === null ? null : trigger.fire,
  }
  return (
    <div className="min-w-0">
      {label !== '' && <FieldLabel htmlFor={id}>{label}</FieldLabel>}
      {isText ? (
        <SharedTextField key={binding.name} binding={binding} options={options} />
      ) : (
        <ValueField binding={binding} options={options} />
      )}
    </div>
  )
}

const FieldLabel = ({ htmlFor, children }: { htmlFor: string; children: ReactNode }) => (
  <label htmlFor={htmlFor} className="mb-1 block text-xs font-medium text-muted">
    {children}
  </label>
)

function usePanelRights(binding: ReturnType<typeof useBinding>): { isReadOnly: boolean } {
  const { isReadOnly } = usePanel()
  return { isReadOnly: isReadOnly && !(binding.kind === 'value' && binding.isLocal) }
}
