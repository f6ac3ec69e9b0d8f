import type { ElementNode } from './parse.ts'

/** Names that a part of the View mentions, found without examining it. */
export const mentionedNames = (element: ElementNode): { states: string[]; tools: string[] } => {
  const states: string[] = []
  const tools: string[] = []
  const waiting = [element]
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const texts = current.attributes.map(({ value }) => value.text)
    for (const child of current.children) {
      if (child.kind === 'element') waiting.push(child)
      else texts.push(child.text.text)
    }
    for (const text of texts) {
      for (const [, name = ''] of text.matchAll(/\$state\s*\??\.\s*([A-Za-z_]\w*)/g)) states.push(name)
    }
    for (const { name, value } of current.attributes) if (name === 'trigger') tools.push(value.text)
  }
  return { states, tools }
}
