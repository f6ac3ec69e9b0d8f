import { describe, expect, test } from 'vitest'
import { createMetricsRegistry } from './metrics.ts'

describe('metrics of a process', () => {
  test('[MET3] the same name from two parts is one metric, and the label tells them apart', async () => {
    const registry = createMetricsRegistry()
    const spec = { name: 'nexus_things_total', help: 'Things.' }
    const [one, two] = [registry.part('one').counter(spec), registry.part('two').counter(spec)]
    one()
    two({}, 5)
    registry.part('one').gauge({ name: 'nexus_level', help: 'Level.' }, () => 3)
    registry.part('two').gauge({ name: 'nexus_level', help: 'Level.' }, () => 4)
    const text = await registry.text()
    expect(text.match(/^# TYPE nexus_things_total counter$/gm)).toHaveLength(1)
    expect(text).toContain('nexus_things_total{part="one"} 1\n')
    expect(text).toContain('nexus_things_total{part="two"} 5\n')
    expect(text).toContain('nexus_level{part="one"} 3\n')
    expect(text).toContain('nexus_level{part="two"} 4\n')
  })

  test('[MET3] two registries share nothing; a counter without labels stands at 0 before anything happens', async () => {
    const [a, b] = [createMetricsRegistry(), createMetricsRegistry()]
    const spec = { name: 'nexus_things_total', help: 'Things.' }
    a.part('p').counter(spec)()
    b.part('p').counter(spec)
    expect(await a.text()).toContain('nexus_things_total{part="p"} 1\n')
    expect(await b.text()).toContain('nexus_things_total{part="p"} 0\n')
  })

  test('[MET3] a process tells of its memory and event loop', async () => {
    const registry = createMetricsRegistry()
    registry.addProcess()
    const text = await registry.text()
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
  })
})
