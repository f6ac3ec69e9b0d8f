import type { DocumentName } from '@nexus/core'
import type { Answer, Order, Point, Report } from '../points.ts'

let armed: Extract<Order, { type: 'arm' }> | null = null
const goOn: ((answer: Answer) => void)[] = []

/** Takes orders from the harness; without a harness the process ends, as it would have been stopped. */
export function listenToHarness(): void {
  process.on('message', (order: Order) => {
    if (order.type === 'arm') {
      armed = order
      report({ type: 'armed' })
    } else {
      armed = null
      for (const resume of goOn.splice(0)) resume(order.answer)
    }
  })
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // The process may end by itself all the same.
  process.channel?.unref()
}

/** Called at each point, with the documents it is about. Waits there when the harness has armed it. */
export async function reach(point: Point, documents: readonly DocumentName[] = []): Promise<Answer> {
  if (armed?.point !== point) return 'arrives'
  if (armed.document !== null && !documents.includes(armed.document)) return 'arrives'
  report({ type: 'reached', point })
  return new Promise((resolve) => goOn.push(resolve))
}

const report = (message: Report): void => void process.send?.(message)
