import { newInstallation } from '../databases.ts'
import { toSeries, writeResult } from '../record.ts'

const RUNS = 5

/** From spawning the process to the first answered request for the page, on data that is there already. */
async function startedMs(start: () => Promise<{ url: string; stop(): Promise<unknown> }>): Promise<number> {
  const begin = performance.now()
  const nexus = await start()
  const page = await fetch(`${nexus.url}/`)
  if (page.status !== 200) throw new Error(`the page answered ${page.status}`)
  await page.text()
  const ms = performance.now() - begin
  await nexus.stop()
  return ms
}

/** How long the second and later starts take until the page answers. */
export async function benchStart(): Promise<void> {
  const installation = await newInstallation('PGlite')
  try {
    const firstMs = await startedMs(installation.start)
    const laterMs: number[] = []
    for (let run = 0; run < RUNS; run += 1) laterMs.push(await startedMs(installation.start))
    const later = toSeries(laterMs)
    writeResult({
      name: 'start',
      what: 'Start on existing embedded data until the page answers (the studio is built)',
      bar: 'median ≤ 5,000 ms',
      isMet: later.p50 <= 5_000,
      figures: { firstMs: Math.round(firstMs), later },
      runs: laterMs.map(Math.round),
    })
  } finally {
    await installation.remove()
  }
}
