import { Button } from '../../ui/button.tsx'
import type { ComponentProps } from './component.ts'
import { textProp, useProps, wordProp } from './props.ts'
import { useTrigger } from './trigger.ts'

/** Button and Action: the second must have a trigger, which the compiler has checked. */
export function ButtonView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const variant = wordProp(props, 'variant', ['primary', 'secondary', 'danger', 'ghost'])
  const isForbidden = trigger?.isForbidden === true
  return (
    <Button
      variant={variant === 'danger' ? 'danger-soft' : variant}
      disabled={Boolean(props.disabled) || isForbidden}
      title={isForbidden ? 'You can view this panel but not change it' : undefined}
      aria-busy={trigger?.isBusy || undefined}
      onClick={() => trigger?.fire()}
      className="max-w-full aria-busy:opacity-70"
    >
      <span className="truncate">{textProp(props, 'label')}</span>
    </Button>
  )
}
