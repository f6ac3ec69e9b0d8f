import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Account, requestJson } from '@nexus/e2e/kit'
import { runAtPace } from '../pace.ts'

interface Crowd {
  readonly url: string
  readonly people: readonly Account[]
  readonly perSecond: number
}

/** Signs in with the right password. */
export async function logIn(url: string, { email, password }: Account): Promise<void> {
  const { status } = await requestJson(`${url}/api/auth/login`, { method: 'POST', body: { email, password } })
  if (status !== 200) throw new Error(`a login answered ${status}`)
}

/**
 * People who sign in all the time, one after the other, on a thread of their own: who measures something else meanwhile is
 * not kept busy by them.
 *
 * @returns Sends them home. Resolves with how long each login took, ms.
 */
export async function beginLogins(crowd: Crowd): Promise<() => Promise<number[]>> {
  const worker = new Worker(new URL(import.meta.url), { workerData: crowd })
  await once(worker, 'message')
  return async () => {
    worker.postMessage('enough')
    const [times] = await once(worker, 'message')
    await worker.terminate()
    return times
  }
}

async function signInAllTheTime({ url, people, perSecond }: Crowd): Promise<void> {
  let isEnough = false
  parentPort?.once('message', () => {
    isEnough = true
  })
  parentPort?.postMessage('begun')
  const times: number[] = []
  for (let first = 0; !isEnough; first += 10) {
    const act = (index: number) => logIn(url, people[(first + index) % people.length] as Account)
    times.push(...(await runAtPace({ perSecond, count: 10 }, act)))
  }
  parentPort?.postMessage(times)
}

if (!isMainThread) await signInAllTheTime(workerData)
