import { Button } from '../../ui/button.tsx'
import type { ComponentProps } from './component.ts'
import { textProp, useProps, wordProp } from './props.ts'
import { useTrigger } from './trigger.ts'

/** One sign and no word, such as ✕ or ←: such buttons stand close together, and their tool says what they do. */
const isSign = (label: string): boolean => Array.from(label).length === 1

/** Button and Action: the second must have a trigger, which the compiler has checked. */
export function ButtonView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const variant = wordProp(props, 'variant', ['primary', 'secondary', 'danger', 'ghost'])
  const isForbidden = trigger?.isForbidden === true
  const label = textProp(props, 'label')
  const meaning = isSign(label) ? trigger?.description : undefined
  return (
    <Button
      variant={variant === 'danger' ? 'danger-soft' : variant}
      disabled={Boolean(props.disabled) || isForbidden}
      title={isForbidden ? 'You can view this panel but not change it' : meaning}
      aria-label={meaning ? `${label} ${meaning}` : undefined}
      aria-busy={trigger?.isBusy || undefined}
      onClick={() => trigger?.fire()}
      size={isSign(label) ? 'sign' : 'md'}
      className="max-w-full aria-busy:opacity-70"
    >
      <span className="truncate">{label}</span>
    </Button>
  )
}
