import { createRandom, type Random } from '@nexus/core/testkit'
import * as Y from 'yjs'

const WORD_CHARS = { min: 2, max: 11 }
const DELETED_CHARS = { min: 2, max: 10 }

const between = (random: Random, { min, max }: { min: number; max: number }): number =>
  min + random.below(max - min + 1)

function words(random: Random, chars: number): string {
  const parts: string[] = []
  for (let length = 0; length < chars; ) {
    const word = Array.from({ length: between(random, WORD_CHARS) }, () =>
      String.fromCharCode(97 + random.below(26)),
    ).join('')
    parts.push(word)
    length += word.length + 1
  }
  return parts.join(' ').slice(0, chars)
}

/** A document whose state has one text of so many characters that do not compress away. */
export function longText(chars: number, seed: number): Y.Doc {
  const doc = new Y.Doc()
  const text = new Y.Text()
  text.insert(0, words(createRandom(seed), chars))
  doc.getMap('state').set('body', text)
  return doc
}

/** The same after somebody has deleted a word here and there, so many times. */
export function longTextWithDeletions(chars: number, deletions: number, seed: number): Y.Doc {
  const random = createRandom(seed + 1)
  const doc = longText(chars, seed)
  const text = doc.getMap('state').get('body')
  if (!(text instanceof Y.Text)) throw new Error('the text is missing')
  const stride = Math.floor(chars / deletions)
  // From the end, so that positions before stay where they are.
  for (let index = deletions - 1; index >= 0; index -= 1) {
    doc.transact(() =>
      text.delete(index * stride + random.below(stride - 12), between(random, DELETED_CHARS)),
    )
  }
  return doc
}
