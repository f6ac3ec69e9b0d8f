import { describe, expect, test } from 'vitest'
import { MAX_STATES } from './limits.ts'
import { panelModel } from './panel-model.ts'

const panelOf = (values: readonly string[]): string => `
<NexusPanel title="T" version="1.0.0">
  <Data>${values.map((value, at) => `<Computed name="c${at}" value='${value}' />`).join('')}</Data>
  <View><Layout><Text content="x" /></Layout></View>
</NexusPanel>`

describe('the computed values of one panel', () => {
  const ROWS = '"x".repeat(300).split("")'

  test('[NXML37] have steps together: many that are just allowed do not add up, and the same ones are left out', () => {
    const costly = `${ROWS}.map(a => ${ROWS}.map(b => 1).length).length`
    const model = panelModel(panelOf(Array.from({ length: MAX_STATES }, () => costly)))
    const before = performance.now()
    const derived = model.computed({})
    expect(performance.now() - before).toBeLessThan(2_000)
    const names = Object.keys(derived)
    expect(names.length).toBeGreaterThan(2)
    expect(names.length).toBeLessThan(20)
    expect(names).toEqual(names.map((_, at) => `c${at}`))
    expect(model.computed({})).toEqual(derived)
  })

  test('[NXML37] have room together: many large ones do not add up to more than a state may have', () => {
    const large = '["x".repeat(1000000), "x".repeat(1000000)]'
    const derived = panelModel(panelOf(Array.from({ length: MAX_STATES }, () => large))).computed({})
    expect(Object.keys(derived)).toEqual(['c0', 'c1'])
  })
})
