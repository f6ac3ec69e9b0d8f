export { type AppendQueue, type AppendQueueOptions, createAppendQueue } from './append-queue.ts'
export {
  type DocumentFollower,
  type FollowDocumentOptions,
  type FollowedUpdate,
  followDocument,
} from './follow-document.ts'
export { createHeadWatch, type HeadWatch, type HeadWatchOptions, type WatchedDocument } from './head-watch.ts'
export { type Schedule, systemSchedule } from './schedule.ts'
