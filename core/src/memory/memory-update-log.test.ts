import { describeUpdateLog } from '../testkit/describe-update-log.ts'
import { MemoryUpdateLog } from './memory-update-log.ts'

describeUpdateLog('memory', async () => {
  const log = new MemoryUpdateLog()
  return {
    log,
    receipts: log.receipts,
    remove: async (document) => log.remove(document),
    close: async () => undefined,
  }
})
