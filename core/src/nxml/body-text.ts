import { createTextBuilder, type MappedText } from './mapped-text.ts'
import type { ElementNode } from './parse.ts'

/**
 * The text between the tags of a component: runs of white space are one space, the ends are trimmed, and CDATA sections
 * stay as they are. Null when there is nothing but white space.
 */
export const bodyText = (element: ElementNode): MappedText | null => {
  const builder = createTextBuilder()
  let pendingSpaceAt: number | null = null
  for (const child of element.children) {
    if (child.kind === 'element') continue
    const { text, offsetAt } = child.text
    for (let i = 0; i < text.length; i++) {
      const character = text[i] ?? ''
      if (!child.isCdata && /\s/.test(character)) {
        pendingSpaceAt ??= offsetAt(i)
        continue
      }
      if (pendingSpaceAt !== null && builder.length > 0) builder.stand(' ', pendingSpaceAt)
      pendingSpaceAt = null
      builder.stand(character, offsetAt(i))
    }
  }
  const end = element.children.at(-1)
  if (builder.length === 0) return null
  return builder.build(end?.kind === 'text' ? end.span.end : element.nameSpan.end)
}
