import type { Random } from '@nexus/core/testkit'
import type { Json, Operation } from './json-model.ts'

const KEYS = ['a', 'b', 'c', 'd/e', '~f']
const MAX_LEVELS = 3

/** A value of any shape, not deep. */
export function randomJson(random: Random, levels = MAX_LEVELS): Json {
  const kind = random.below(levels > 0 ? 7 : 4)
  if (kind === 0) return random.below(100)
  if (kind === 1) return random.below(2) === 0
  if (kind === 2) return random.pick(['', 'text', 'ä\u{1f600}', 'x'.repeat(40)])
  if (kind === 3) return null
  const items = Array.from({ length: random.below(4) }, () => randomJson(random, levels - 1))
  if (kind === 4) return items
  return Object.fromEntries(items.map((item) => [random.pick(KEYS), item]))
}

/** One to four operations below `root`, most of which can be applied to `value`, what is there. */
export function randomPatch(random: Random, root: string, value: Json): Operation[] {
  return Array.from({ length: 1 + random.below(4) }, () => randomOperation(random, root, value))
}

function randomOperation(random: Random, root: string, value: Json): Operation {
  const [path, from] = [randomPointer(random, root, value), randomPointer(random, root, value)]
  const op = random.pick(['add', 'add', 'add', 'replace', 'remove', 'move', 'copy', 'test', 'increment'])
  if (op === 'remove') return { op, path }
  if (op === 'move' || op === 'copy') return { op, path, from }
  if (op === 'increment') return { op, path, value: 1 + random.below(5) }
  return { op, path, value: randomJson(random) }
}

/** To something that is there, beside it, or (seldom) to nothing. */
function randomPointer(random: Random, pointer: string, value: Json): string {
  const steps = Array.isArray(value) ? [...value.keys(), '-', value.length + 1] : KEYS
  const step = String(random.pick<string | number>(steps))
  const inside =
    typeof value === 'object' && value !== null ? (value as Record<string, Json>)[step] : undefined
  const next = `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const goesOn = typeof inside === 'object' && inside !== null && random.below(3) > 0
  return goesOn ? randomPointer(random, next, inside) : next
}
