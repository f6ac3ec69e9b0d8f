import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Values of a metric's labels. Of a few known words each: never an id, an address or a text of somebody's. */
export type Labels = Readonly<Record<string, string>>

interface MetricSpec {
  /** With its unit at the end, `_total` for what only grows. */
  readonly name: string
  readonly help: string
}

/** The metrics of one part of a process. The same name from two parts is one metric; the label `part` tells them apart. */
export interface Metrics {
  /** Something that only grows. Asking again for the same name gives the same counter. */
  counter(spec: MetricSpec & { readonly labels?: readonly string[] }): (labels?: Labels, by?: number) => void
  /** @param spec - `buckets`: upper bounds, ascending, in the unit of the name. */
  histogram(
    spec: MetricSpec & { readonly labels?: readonly string[]; readonly buckets: readonly number[] },
  ): (value: number, labels?: Labels) => void
  /** @param read - Called when somebody asks; cheap, and never throws. */
  gauge(spec: MetricSpec, read: () => number): void
}

/** All metrics of a process. Nothing is shared between two of them, and nothing is counted before one is made. */
export interface MetricsRegistry {
  part(name: string): Metrics
  /** Memory, CPU, event loop and garbage collection of the process; once. They are watched until it ends. */
  addProcess(): void
  /** In Prometheus' text format. */
  text(): Promise<string>
  /** Media type of `text`. */
  readonly contentType: string
}

export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry()
  const registers = [registry]
  const families = new Map<string, Counter | Histogram | Gauge>()
  const family = <Family extends Counter | Histogram | Gauge>(name: string, make: () => Family): Family => {
    const made = (families.get(name) as Family | undefined) ?? make()
    families.set(name, made)
    return made
  }

  const part = (partName: string): Metrics => ({
    counter({ name, help, labels = [] }) {
      const counter = family(
        name,
        () => new Counter({ name, help, labelNames: ['part', ...labels], registers }),
      )
      if (labels.length === 0) counter.inc({ part: partName }, 0)
      return (values = {}, by = 1) => counter.inc({ part: partName, ...values }, by)
    },
    histogram({ name, help, labels = [], buckets }) {
      const labelNames = ['part', ...labels]
      const histogram = family(
        name,
        () => new Histogram({ name, help, labelNames, buckets: [...buckets], registers }),
      )
      return (value, values = {}) => histogram.observe({ part: partName, ...values }, value)
    },
    gauge({ name, help }, read) {
      const readers = family(name, () => gaugeOfReaders({ name, help, registers }))
      readers.read.set(partName, read)
    },
  })

  return {
    part,
    addProcess: () => collectDefaultMetrics({ register: registry }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

interface ReadGauge extends Gauge {
  readonly read: Map<string, () => number>
}

function gaugeOfReaders(spec: MetricSpec & { readonly registers: Registry[] }): ReadGauge {
  const read = new Map<string, () => number>()
  const gauge = new Gauge({
    ...spec,
    labelNames: ['part'],
    collect: () => {
      for (const [part, value] of read) gauge.set({ part }, value())
    },
  })
  return Object.assign(gauge, { read })
}

/** For a part that runs where nobody asks. */
export const createUnreadMetrics = (): Metrics => createMetricsRegistry().part('unread')
