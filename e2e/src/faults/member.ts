import type { DocumentName } from '@nexus/core'
import { type NexusProcess, type ServiceName, startService } from '../kit/index.ts'
import type { Answer, Order, Point, Report } from './points.ts'

const PRELOAD = new URL('./preload/index.ts', import.meta.url)

/** One service process of the cluster: killed and started again under the same address. */
export class Member {
  readonly part: ServiceName
  readonly url: string
  readonly #env: Readonly<Record<string, string>>
  #process: NexusProcess | null = null
  readonly #listeners = new Set<(report: Report) => void>()

  /** @param env - With the `PORT` it always has. */
  constructor(part: ServiceName, env: Readonly<Record<string, string>>) {
    this.part = part
    this.#env = env
    this.url = `http://127.0.0.1:${env.PORT}`
  }

  get isAlive(): boolean {
    return this.#process?.isAlive() ?? false
  }

  /** What the process wrote last. */
  said(): string {
    return this.#process?.said() ?? ''
  }

  async start(): Promise<void> {
    this.#process = await startService(this.part, this.#env, {
      module: PRELOAD,
      onMessage: (message) => {
        for (const listener of this.#listeners) listener(message as Report)
      },
    })
  }

  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  freeze(): void {
    if (this.#process !== null) process.kill(this.#process.pid, 'SIGSTOP')
  }

  thaw(): void {
    if (this.isAlive && this.#process !== null) process.kill(this.#process.pid, 'SIGCONT')
  }

  /** Resolves when whoever reaches the point from now on waits there. */
  async arm(point: Point, document: DocumentName | null): Promise<void> {
    const armed = this.#next((report) => report.type === 'armed')
    this.#tell({ type: 'arm', point, document })
    await armed
  }

  /** Resolves as soon as somebody waits at the point. */
  whenReached(point: Point): Promise<void> {
    return this.#next((report) => report.type === 'reached' && report.point === point)
  }

  goOn(answer: Answer = 'arrives'): void {
    this.#tell({ type: 'go on', answer })
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).status === 200
    } catch {
      return false
    }
  }

  #tell(order: Order): void {
    this.#process?.tell(order)
  }

  #next(isIt: (report: Report) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listener = (report: Report): void => {
        if (!isIt(report)) return
        this.#listeners.delete(listener)
        resolve()
      }
      this.#listeners.add(listener)
    })
  }
}
