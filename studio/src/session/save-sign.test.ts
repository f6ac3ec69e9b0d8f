import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  type LinkFacts,
  OFFLINE_AFTER_MS,
  SAVED_AFTER_MS,
  type SaveSign,
  watchSaveSign,
} from './save-sign.ts'

const SETTLED: LinkFacts = {
  connected: true,
  authenticated: true,
  unsaved: false,
  readOnly: false,
  refused: false,
  everSynced: true,
  browserOffline: false,
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp() {
  const shown: SaveSign[] = []
  const watch = watchSaveSign((sign) => shown.push(sign))
  const settle = () => {
    watch.update(SETTLED)
    vi.advanceTimersByTime(SAVED_AFTER_MS)
    shown.length = 0
  }
  return { watch, shown, settle }
}

test('[STU24] an acknowledged document says Saved only after a quiet moment', () => {
  const { watch } = setUp()
  watch.update(SETTLED)
  vi.advanceTimersByTime(SAVED_AFTER_MS - 1)
  expect(watch.current).not.toBe('saved')
  vi.advanceTimersByTime(1)
  expect(watch.current).toBe('saved')
})

test('[STU25] an edit says Saving at once, and Saved only when it is acknowledged', () => {
  const { watch, shown, settle } = setUp()
  settle()
  watch.update({ ...SETTLED, unsaved: true })
  vi.advanceTimersByTime(60_000)
  expect(shown).toEqual(['saving'])
  watch.update(SETTLED)
  vi.advanceTimersByTime(SAVED_AFTER_MS)
  expect(shown).toEqual(['saving', 'saved'])
})

test('[STU26] an edit within the quiet moment puts Saved off', () => {
  const { watch, shown, settle } = setUp()
  settle()
  watch.update({ ...SETTLED, unsaved: true })
  watch.update(SETTLED)
  vi.advanceTimersByTime(SAVED_AFTER_MS - 1)
  watch.update({ ...SETTLED, unsaved: true })
  vi.advanceTimersByTime(SAVED_AFTER_MS)
  expect(shown).toEqual(['saving'])
})

test('[STU27] never Saved without a connection that has let us in', () => {
  for (const broken of [{ connected: false }, { authenticated: false }]) {
    const { watch, settle } = setUp()
    settle()
    watch.update({ ...SETTLED, ...broken })
    expect(watch.current).toBe('reconnecting')
    vi.advanceTimersByTime(OFFLINE_AFTER_MS)
    expect(watch.current).toBe('offline')
  }
})

test('[STU28] a break of the network is called Offline, and stays so until the server has let us in again', () => {
  const { watch, shown, settle } = setUp()
  settle()
  const down = { ...SETTLED, connected: false, authenticated: false, unsaved: true }
  watch.update(down)
  vi.advanceTimersByTime(OFFLINE_AFTER_MS / 2)
  watch.update({ ...down, connected: true })
  watch.update(down)
  vi.advanceTimersByTime(OFFLINE_AFTER_MS / 2)
  watch.update({ ...down, connected: true })
  watch.update({ ...SETTLED, unsaved: true })
  expect(shown).toEqual(['reconnecting', 'offline', 'saving'])
})

test('[STU29] a browser that knows it has no network says Offline at once', () => {
  const { watch, settle } = setUp()
  settle()
  watch.update({ ...SETTLED, connected: false, authenticated: false, browserOffline: true })
  expect(watch.current).toBe('offline')
})

test('[STU30] a viewer sees View only, never Saving', () => {
  const { watch, shown } = setUp()
  watch.update({ ...SETTLED, readOnly: true, unsaved: true })
  expect(shown).toEqual(['view-only'])
})

test('[STU31] a document the server refuses is neither saved nor offline', () => {
  const { watch, settle } = setUp()
  settle()
  watch.update({ ...SETTLED, connected: false, authenticated: false, refused: true })
  vi.advanceTimersByTime(60_000)
  expect(watch.current).toBe('refused')
})
