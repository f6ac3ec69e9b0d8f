import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toSeries, writeResult } from '../record.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const RUNS = 5
const READY = /Nexus is ready:\s+(http:\/\/\S+)/

/** From typing `npm start` to the first answered request for the page; then SIGTERM to npm, and everything has ended. */
async function startedMs(dataDir: string): Promise<number> {
  const begin = performance.now()
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(npm.stdout, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const ready = READY.exec(said)?.[1]
      if (ready !== undefined) resolve(ready)
    })
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)))
  })
  const page = await fetch(`${url}/`)
  if (page.status !== 200) throw new Error(`the page answered ${page.status}`)
  await page.text()
  const ms = performance.now() - begin
  npm.kill('SIGTERM')
  await ended
  return ms
}

/** How long the second and later starts take until the page answers. */
export async function benchStart(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const firstMs = await startedMs(dataDir)
    const laterMs: number[] = []
    for (let run = 0; run < RUNS; run += 1) laterMs.push(await startedMs(dataDir))
    const later = toSeries(laterMs)
    writeResult({
      name: 'start',
      what: '`npm start` on existing embedded data until the page answers (the studio is built)',
      bar: 'median ≤ 5,000 ms',
      isMet: later.p50 <= 5_000,
      figures: { firstMs: Math.round(firstMs), later },
      runs: laterMs.map(Math.round),
    })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
