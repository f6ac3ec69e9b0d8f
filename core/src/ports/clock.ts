/** Where behaviour depends on time, time comes in through this. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
