import { Switch } from 'radix-ui'
import { useId } from 'react'
import { writeBinding } from '../../session/bound-value.ts'
import { showToast } from '../../ui/toasts.ts'
import { fieldName, useBinding } from './bound-field.ts'
import type { ComponentProps } from './component.ts'
import { usePanel } from './panel-context.ts'
import { textProp, useProps } from './props.ts'
import { useTrigger } from './trigger.ts'

export function SwitchView({ node, scope, instanceId }: ComponentProps) {
  const { session, store, isReadOnly } = usePanel()
  const props = useProps(node, scope, instanceId)
  const binding = useBinding(node, scope)
  const trigger = useTrigger(node, scope)
  const id = useId()
  const label = textProp(props, 'label')
  const isBound = binding.kind === 'value'
  const isFixed = isReadOnly && !(isBound && binding.isLocal)

  const change = (isOn: boolean): void => {
    if (!isBound) return
    try {
      writeBinding({ doc: session.doc, store }, binding, isOn)
    } catch {
      showToast({
        level: 'warn',
        message: 'That was not switched: the entry is gone or of another kind now.',
      })
      return
    }
    trigger?.fire(isOn)
  }

  return (
    <span className="inline-flex min-h-8.5 items-center gap-2.5">
      <Switch.Root
        id={id}
        aria-label={label === '' ? fieldName(node, props) : undefined}
        checked={isBound && binding.value === true}
        onCheckedChange={change}
        disabled={Boolean(props.disabled) || !isBound || isFixed}
        className="relative h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors duration-150 data-[state=checked]:bg-accent disabled:cursor-not-allowed disabled:opacity-55"
      >
        <Switch.Thumb className="block size-4 translate-x-0.5 rounded-full bg-white shadow-sm transition-transform duration-150 data-[state=checked]:translate-x-4.5" />
      </Switch.Root>
      {label !== '' && (
        <label htmlFor={id} className="text-base">
          {label}
        </label>
      )}
    </span>
  )
}
