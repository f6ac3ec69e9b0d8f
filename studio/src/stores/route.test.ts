import { expect, test } from 'vitest'
import { parseRoute, type Route, toPath } from './route.ts'

const ROUTES: readonly Route[] = [
  { at: 'start' },
  { at: 'sign-up' },
  { at: 'workspace', workspaceId: '0199-a', panelId: null },
  { at: 'workspace', workspaceId: '0199-a', panelId: 'p_1' },
]

test('[STU5] every place has one address, and the address leads back to it', () => {
  for (const route of ROUTES) expect(parseRoute(toPath(route))).toEqual(route)
})

test('[STU6] query, fragment and a closing slash do not change the place', () => {
  expect(parseRoute('/w/a/?x=1#y')).toEqual({ at: 'workspace', workspaceId: 'a', panelId: null })
})

test('[STU7] an address nobody knows is shown as unknown', () => {
  for (const path of ['/w', '/w/a/b', '/w/a/p', '/w/a/p/b/c', '/w/%20', '/nothing'])
    expect(parseRoute(path).at).toBe('unknown')
})
