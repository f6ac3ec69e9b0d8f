import { DeliveryMeter } from '../clients/delivery-meter.ts'
import { closeAll, LeanClient, openMany } from '../clients/lean-client.ts'
import { cursorOf } from '../clients/presence.ts'
import { Typist } from '../clients/typist.ts'
import { cpuMs } from '../measure/process-stats.ts'
import { alternate, median, pause, rounded } from '../measure/rounds.ts'
import { runAtPace } from '../pace.ts'
import { toSeries, writeResult } from '../record.ts'
import { PEER_NAME, type Side, withSides } from '../sides/index.ts'

const WRITERS = 10
const EDITS_PER_SECOND = 100
const CURSOR_MOVES_PER_SECOND = 5
const SETTLE_MS = 1_500
/** The times are those of one event loop with the clients' own work in it; the server's CPU is its process's alone. */
const DELAY_BAR_MS = 25
const KEPT_UP_MS = 60

interface Crowd {
  readonly receivers: number
  readonly hasPresence: boolean
  readonly seconds: number
}

/** One document, few who write and many who read. */
async function measure(side: Side, crowd: Crowd) {
  const { url, pid } = side.node
  const base = { url, document: await side.newDocument() }
  const meter = new DeliveryMeter()
  const presence = (index: number) => (crowd.hasPresence ? { presence: cursorOf(index) } : {})
  const receivers = await openMany(crowd.receivers, (index) => ({
    ...base,
    token: side.tokenOf(index),
    ...presence(index),
    onUpdate: meter.newReceiver(),
  }))
  const typists = Array.from({ length: WRITERS }, (_, index) => new Typist(`w${index}`))
  const writers = await Promise.all(
    typists.map((_, index) =>
      LeanClient.open({ ...base, token: side.tokenOf(index), ...presence(crowd.receivers + index) }),
    ),
  )
  await Promise.all(typists.map((typist, index) => writers[index]?.send(typist.beginning())))

  const write = (seconds: number) =>
    runAtPace({ perSecond: EDITS_PER_SECOND, count: EDITS_PER_SECOND * seconds }, async (index) => {
      const { update, clock } = at(typists, index).type()
      meter.sent(at(typists, index).clientId, clock)
      void at(writers, index).send(update)
    })
  const move = (seconds: number) => {
    const perSecond = crowd.hasPresence ? CURSOR_MOVES_PER_SECOND * WRITERS : 0
    return runAtPace({ perSecond, count: perSecond * seconds }, async (index) =>
      at(writers, index).moveCursor(),
    )
  }
  await Promise.all([write(3), move(3)])
  await pause(SETTLE_MS)
  meter.takeDelays()
  const before = { cpu: cpuMs(pid), sent: meter.sentCount, delivered: meter.deliveredCount }
  const framesBefore = countFrames(receivers)
  await Promise.all([write(crowd.seconds), move(crowd.seconds)])
  await pause(SETTLE_MS)
  const cpu = cpuMs(pid) - before.cpu
  const delivered = meter.deliveredCount - before.delivered
  const sent = meter.sentCount - before.sent
  const frames = countFrames(receivers)
  const delays = toSeries(meter.takeDelays())
  await closeAll([...receivers, ...writers])
  return {
    cpuMsPer1000: rounded((cpu * 1_000) / delivered),
    delays,
    delivered,
    isComplete: delivered === sent * crowd.receivers,
    framesPerReceiver: Math.round((frames.all - framesBefore.all) / crowd.receivers),
    presenceFramesPerReceiver: Math.round((frames.presence - framesBefore.presence) / crowd.receivers),
  }
}

function countFrames(clients: readonly LeanClient[]) {
  return {
    all: clients.reduce((sum, client) => sum + client.framesReceived, 0),
    presence: clients.reduce((sum, client) => sum + client.presenceFramesReceived, 0),
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('there are no items')
  return item
}

async function benchCrowdOf(name: string, what: string, crowd: Crowd, rounds: number): Promise<void> {
  await withSides({ nodes: 1 }, async (sides) => {
    const runs = await alternate(sides, rounds, (side) => measure(side, crowd))
    const ours = median(runs.ours.map(({ cpuMsPer1000 }) => cpuMsPer1000))
    const peer = median(runs.peer.map(({ cpuMsPer1000 }) => cpuMsPer1000))
    const delayOf = (of: typeof runs.ours) => median(of.map(({ delays }) => delays.p95))
    const isComplete = [...runs.ours, ...runs.peer].every((run) => run.isComplete)
    const ratio = rounded(ours / peer)
    writeResult({
      name,
      what,
      bar: `server CPU per 1,000 delivered edits ≤ 0.6 × peer${crowd.hasPresence ? '' : `, edit → receiver p95 ≤ ${DELAY_BAR_MS} ms`}`,
      isMet: isComplete && ratio <= 0.6 && (crowd.hasPresence || delayOf(runs.ours) <= DELAY_BAR_MS),
      figures: {
        cpuMsPer1000: { ours, peer, ratio },
        delayP95Ms: { ours: rounded(delayOf(runs.ours)), peer: rounded(delayOf(runs.peer)) },
        framesPerReceiver: {
          ours: median(runs.ours.map(({ framesPerReceiver }) => framesPerReceiver)),
          peer: median(runs.peer.map(({ framesPerReceiver }) => framesPerReceiver)),
        },
        // A machine that cannot keep up makes either side merge more than it would; such a run says nothing.
        hasKeptUp: [...runs.ours, ...runs.peer].every(({ delays }) => delays.p95 <= KEPT_UP_MS),
        isComplete,
        peerName: PEER_NAME,
      },
      runs: [runs],
    })
  })
}

export async function benchCrowd({ quick }: { readonly quick: boolean }): Promise<void> {
  const [rounds, seconds] = quick ? [1, 8] : [3, 10]
  await benchCrowdOf(
    'crowd',
    `1 document, ${WRITERS} writers with ${EDITS_PER_SECOND} edits/s in all, 300 receivers`,
    { receivers: 300, hasPresence: false, seconds },
    rounds,
  )
  await benchCrowdOf(
    'crowd-presence',
    `1 document, ${WRITERS} writers with ${EDITS_PER_SECOND} edits/s in all and ${CURSOR_MOVES_PER_SECOND} cursor moves/s each, 100 receivers, everybody present`,
    { receivers: 100, hasPresence: true, seconds },
    rounds,
  )
}
