export { type AppendQueue, type AppendQueueOptions, createAppendQueue } from './append-queue.ts'
export { type Schedule, systemSchedule } from './schedule.ts'
