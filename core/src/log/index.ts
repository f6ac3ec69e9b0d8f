export { type AppendQueue, createAppendQueue } from './append-queue.ts'
export { type DocumentFollower, type FollowedUpdate, followDocument } from './follow-document.ts'
export { createHeadWatch, type HeadWatch } from './head-watch.ts'
export type { Schedule } from './schedule.ts'
