import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

test('[KIT1] the same seed gives the same numbers, another one others', () => {
  const numbers = (seed: number) => {
    const random = createRandom(seed)
    return Array.from({ length: 20 }, () => random.below(1_000))
  }
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
})

test('[KIT1] numbers are spread evenly', () => {
  const random = createRandom(1)
  const counts = new Array<number>(10).fill(0)
  for (let count = 0; count < 10_000; count += 1) {
    const drawn = random.below(10)
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) expect(count).toBeGreaterThan(850)
})
