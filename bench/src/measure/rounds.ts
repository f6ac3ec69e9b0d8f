import type { Side, SideName } from '../sides/side.ts'

/** Measures one side after the other, again and again: a noisy minute falls on both. */
export async function alternate<T>(
  sides: readonly Side[],
  rounds: number,
  measure: (side: Side, round: number) => Promise<T>,
): Promise<Record<SideName, T[]>> {
  const results: Record<SideName, T[]> = { ours: [], peer: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) results[side.name].push(await measure(side, round))
  }
  return results
}

/** The same with both sides at once, for what is counted and not timed. */
export async function together<T>(
  sides: readonly Side[],
  measure: (side: Side) => Promise<T>,
): Promise<Record<SideName, T>> {
  const [ours, peer] = await Promise.all(
    (['ours', 'peer'] as const).map((name) => {
      const side = sides.find((one) => one.name === name)
      if (side === undefined) throw new Error(`there is no side ${name}`)
      return measure(side)
    }),
  )
  if (ours === undefined || peer === undefined) throw new Error('a side is missing')
  return { ours, peer }
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  const next = sorted[Math.ceil((sorted.length - 1) / 2)]
  if (middle === undefined || next === undefined) throw new Error('there is nothing to take the median of')
  return (middle + next) / 2
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
