import type { ViewCommand } from '../../session/tool-runner.ts'

/** What `$view` can do to the components on this screen: props laid over, and calls. Nothing of it is stored. */
export interface ViewHandles {
  handle(command: ViewCommand): void
  /** The props laid over the component of this id; the same object until they change. */
  overrides(instanceId: string): Readonly<Record<string, unknown>>
  /** @returns Takes the element and its overrides away. */
  register(instanceId: string, element: HTMLElement): () => void
  subscribe(listener: () => void): () => void
}

const NONE: Readonly<Record<string, unknown>> = {}

const textField = (element: HTMLElement): HTMLInputElement | HTMLTextAreaElement | null =>
  element.querySelector('input, textarea')

const CALLS: Readonly<Record<string, (element: HTMLElement) => void>> = {
  scrollIntoView: (element) => element.scrollIntoView({ block: 'center' }),
  focus: (element) => element.querySelector<HTMLElement>('input, textarea, button')?.focus(),
  blur: (element) => textField(element)?.blur(),
  select: (element) => textField(element)?.select(),
  scrollToTop: (element) => element.querySelector('[data-scroll]')?.scrollTo({ top: 0 }),
  scrollToBottom: (element) => {
    const box = element.querySelector('[data-scroll]')
    box?.scrollTo({ top: box.scrollHeight })
  },
}

export function createViewHandles(): ViewHandles {
  const elements = new Map<string, HTMLElement>()
  const laidOver = new Map<string, Readonly<Record<string, unknown>>>()
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const setProp = (id: string, name: unknown, value: unknown): void => {
    if (typeof name !== 'string' || !elements.has(id)) return
    const { [name]: _old, ...rest } = laidOver.get(id) ?? NONE
    laidOver.set(id, value === undefined || value === null ? rest : { ...rest, [name]: value })
    notify()
  }

  return {
    handle: ({ id, kind, args: [name, value] }) => {
      const element = elements.get(id)
      if (element === undefined) return
      if (kind === 'setProp') setProp(id, name, value)
      else if (typeof name === 'string' && Object.hasOwn(CALLS, name)) CALLS[name]?.(element)
    },
    overrides: (id) => laidOver.get(id) ?? NONE,
    register: (id, element) => {
      elements.set(id, element)
      return () => {
        if (elements.get(id) === element) elements.delete(id)
        laidOver.delete(id)
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
