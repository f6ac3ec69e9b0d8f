import { createWorkspaceId } from '@nexus/core'
import { expect, test } from 'vitest'
import { parseGitRequest } from './git-request.ts'
import { tokenOf } from './token-of.ts'

const workspaceId = createWorkspaceId()
const base = `/git/${workspaceId}`

test.each([
  ['GET', `${base}.git/info/refs?service=git-upload-pack`, 'advertise'],
  ['GET', `${base}/info/refs?service=git-upload-pack&x=1`, 'advertise'],
  ['POST', `${base}.git/git-upload-pack`, 'fetch'],
  ['POST', `${base}.git/git-upload-pack?x`, 'fetch'],
  ['GET', `${base}.git/info/refs?service=git-receive-pack`, 'push'],
  ['POST', `${base}.git/git-receive-pack`, 'push'],
] as const)('[GIT4] %s %s is understood', (method, url, kind) => {
  expect(parseGitRequest(method, url)).toEqual({ kind, workspaceId })
})

test.each([
  ['GET', `${base}.git`],
  ['GET', `${base}.git/HEAD`],
  ['GET', `${base}.git/info/refs`],
  ['GET', `${base}.git/info/refs?service=git-upload-archive`],
  ['POST', `${base}.git/info/refs?service=git-upload-pack`],
  ['GET', `${base}.git/git-upload-pack`],
  ['POST', `${base}.git/git-upload-archive`],
  ['GET', `${base}.git/objects/info/packs`],
  ['GET', `${base}.git/../${workspaceId}.git/info/refs?service=git-upload-pack`],
  ['GET', `/git/../git/${workspaceId}.git/info/refs?service=git-upload-pack`],
  ['GET', `/git/${'-'.repeat(36)}.git/info/refs?service=git-upload-pack`],
  ['GET', `/git/${workspaceId.toUpperCase()}.git/info/refs?service=git-upload-pack`],
  ['GET', '/git/%2e%2e.git/info/refs?service=git-upload-pack'],
  ['GET', '/git/--upload-pack=touch.git/info/refs?service=git-upload-pack'],
  ['OPTIONS', `${base}.git/git-upload-pack`],
] as const)('[GIT4] %s %s is nothing', (method, url) => {
  expect(parseGitRequest(method, url)).toBeNull()
})

test('[GIT3] the token is that of Bearer, or the password of Basic whoever it says it is', () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  expect(tokenOf('Bearer abc')).toBe('abc')
  expect(tokenOf(basic('anybody:a:b'))).toBe('a:b')
  expect(tokenOf(basic(':abc'))).toBe('abc')
  for (const header of [undefined, '', 'Bearer', basic('abc'), basic('abc:'), 'Digest abc', 'Basic ***'])
    expect(tokenOf(header)).toBeNull()
})
