import { expect, test, vi } from 'vitest'
import { describeFanout, someAnnouncement } from '../testkit/describe-fanout.ts'
import { createMemoryFanout } from './memory-fanout.ts'

describeFanout('memory', async () => {
  const fanout = createMemoryFanout({ onListenerError: () => undefined })
  return { here: fanout, there: fanout, close: () => fanout.close() }
})

test('[FAN8] in one process listeners have been called when announce returns', async () => {
  const fanout = createMemoryFanout()
  const heard = vi.fn()
  const announcement = someAnnouncement()
  await fanout.onAnnouncement(announcement.document, heard)
  fanout.announce(announcement)
  expect(heard).toHaveBeenCalledExactlyOnceWith(announcement)
})
