import type { Json } from '@nexus/core'
import type { ViewNode } from '@nexus/core/nxml'
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react'
import { writesOnlyLocally } from '../../session/tool-runner.ts'
import type { Scope } from './component.ts'
import { usePanel } from './panel-context.ts'

/** A run shorter than this shows no busy mark, ms (NXML specification 6.1). */
const BUSY_AFTER_MS = 300

export interface Trigger {
  /** What the tool says it does; empty when it says nothing. */
  readonly description: string
  readonly isBusy: boolean
  /** A viewer may not run it. */
  readonly isForbidden: boolean
  fire(newValue?: Json): void
}

/** The tool a component triggers; `null` when it has none. */
export function useTrigger({ trigger }: ViewNode, scope: Scope): Trigger | null {
  const { runner, store, isReadOnly, unwritten } = usePanel()
  const [isBusy, setBusy] = useState(false)
  const running = useRef(0)
  if (trigger === undefined) return null
  const definition = store.definition()
  const tool =
    definition.kind === 'nxml' ? definition.panel.tools.find(({ name }) => name === trigger.tool) : undefined
  const isForbidden =
    isReadOnly &&
    definition.kind === 'nxml' &&
    tool !== undefined &&
    !writesOnlyLocally(definition.panel, tool)

  const fire = (newValue?: Json): void => {
    if (isForbidden) return
    for (const write of [...unwritten]) write()
    running.current += 1
    const timer = setTimeout(() => setBusy(true), BUSY_AFTER_MS)
    void runner.run({ trigger, scope, ...(newValue === undefined ? {} : { newValue }) }).then(() => {
      clearTimeout(timer)
      running.current -= 1
      if (running.current === 0) setBusy(false)
    })
  }
  return { description: tool?.description ?? '', isBusy, isForbidden, fire }
}

/** Makes a box or a text work like a button; nothing when it triggers nothing. */
export function pressable(trigger: Trigger | null) {
  if (trigger === null) return {}
  return {
    role: 'button',
    tabIndex: 0,
    'aria-disabled': trigger.isForbidden || undefined,
    'aria-busy': trigger.isBusy || undefined,
    onClick: (event: MouseEvent<HTMLElement>) => {
      if (!isOwnControl(event)) trigger.fire()
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return
      event.preventDefault()
      trigger.fire()
    },
  }
}

/** A press on a control inside a pressable box is the control's alone. */
function isOwnControl({ target, currentTarget }: MouseEvent<HTMLElement>): boolean {
  if (!(target instanceof Element)) return false
  const control = target.closest('button, input, textarea, select, a, [role="button"], [role="switch"]')
  return control !== null && control !== currentTarget
}
