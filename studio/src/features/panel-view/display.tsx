import { ArrowDown, ArrowRight, ArrowUp } from 'lucide-react'
import { createElement } from 'react'
import { classes } from '../../ui/classes.ts'
import type { ComponentProps } from './component.ts'
import { textProp, useProps, wordProp } from './props.ts'
import { pressable, useTrigger } from './trigger.ts'

const PRESSABLE = 'cursor-pointer transition-colors hover:bg-hover'

const TEXT_CLASSES = {
  body: 'text-base',
  h1: 'text-2xl font-semibold tracking-tight',
  h2: 'text-xl font-semibold tracking-tight',
  h3: 'text-lg font-semibold tracking-tight',
  h4: 'text-base font-semibold',
  code: 'w-fit max-w-full rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm overflow-x-auto',
  caption: 'text-sm text-muted',
} as const

const TEXT_VARIANTS = ['body', 'h1', 'h2', 'h3', 'h4', 'code', 'caption'] as const

export function TextView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const variant = wordProp(props, 'variant', TEXT_VARIANTS)
  const element = variant.startsWith('h') ? variant : variant === 'code' ? 'pre' : 'p'
  return createElement(
    element,
    {
      className: classes(
        'min-w-0 break-words whitespace-pre-wrap',
        TEXT_CLASSES[variant],
        trigger !== null && PRESSABLE,
      ),
      ...pressable(trigger),
    },
    textProp(props, 'content'),
  )
}

const TRENDS = {
  up: { icon: ArrowUp, text: 'rising', tone: 'text-success' },
  down: { icon: ArrowDown, text: 'falling', tone: 'text-danger' },
  flat: { icon: ArrowRight, text: 'steady', tone: 'text-muted' },
} as const

export function MetricView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const word = wordProp(props, 'trend', ['none', 'up', 'down', 'flat', 'neutral'])
  const trend = word === 'none' ? null : TRENDS[word === 'neutral' ? 'flat' : word]
  const unit = textProp(props, 'unit')
  return (
    <div
      className={classes(
        'h-full rounded-lg border border-line bg-surface px-4 py-3 shadow-sm',
        trigger !== null && PRESSABLE,
      )}
      {...pressable(trigger)}
    >
      <div className="truncate text-xs font-medium text-muted">{textProp(props, 'label')}</div>
      <div className="mt-1 flex items-baseline gap-1.5">
        <span className="min-w-0 truncate text-2xl font-semibold tracking-tight tabular-nums">
          {textProp(props, 'value')}
        </span>
        {unit !== '' && <span className="text-sm text-muted">{unit}</span>}
        {trend !== null && (
          <span className={classes('ml-auto inline-flex items-center', trend.tone)}>
            <trend.icon aria-hidden className="size-4" />
            <span className="sr-only">{trend.text}</span>
          </span>
        )}
      </div>
    </div>
  )
}

const STATUS_CLASSES = {
  info: 'bg-info-soft text-info',
  success: 'bg-success-soft text-success',
  warn: 'bg-warn-soft text-warn',
  error: 'bg-danger-soft text-danger',
} as const

const STATUS_WORDS = { info: 'Information', success: 'Good', warn: 'Warning', error: 'Error' } as const

export function StatusBadgeView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const status = wordProp(props, 'status', ['info', 'success', 'warn', 'error'])
  const parts = [textProp(props, 'label'), textProp(props, 'value')].filter((part) => part !== '')
  return (
    <span
      className={classes(
        'flex w-fit max-w-full items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium',
        STATUS_CLASSES[status],
        trigger !== null && 'cursor-pointer hover:brightness-95',
      )}
      {...pressable(trigger)}
    >
      <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-current" />
      <span className="sr-only">{STATUS_WORDS[status]}: </span>
      <span className="truncate">{parts.join(': ')}</span>
    </span>
  )
}
