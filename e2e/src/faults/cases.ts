import type { ServiceName } from '../kit/index.ts'
import { POINTS, type Point } from './points.ts'
import { SIGNALS, type Signal, VICTIMS, type Victim } from './victims.ts'

/** "At the moment somebody reaches `point`, `victim` gets `signal`." */
export interface Case {
  readonly point: Point
  readonly victim: Victim
  readonly signal: Signal
}

/** All of them: whoever is struck at whatever moment, somebody else is in the middle of something then. */
export const CASES: readonly Case[] = POINTS.flatMap((point) =>
  VICTIMS.flatMap((victim) => SIGNALS.map((signal) => ({ point, victim, signal }))),
)

export const nameOf = ({ point, victim, signal }: Case): string =>
  `${victim}/${signal}/${point}`.replaceAll(' ', '-')

/** Who can be held at a point: the victim's kind when it is among them, otherwise whoever comes first. */
export const REACHED_BY: Readonly<Record<Point, readonly ServiceName[]>> = {
  'before append': ['collab-server', 'api'],
  'after commit before ack': ['collab-server', 'api'],
  'during checkpoint': ['collab-server'],
  'during open': ['collab-server', 'api'],
  'during unload': ['collab-server'],
  'during Git commit': ['snapshots'],
}
