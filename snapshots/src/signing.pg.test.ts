import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { readCommitSigner } from './git/commit-signer.ts'
import { NEXUS } from './job/authorship.ts'
import { ADA, BOB, createStage } from './testkit/stage.ts'
import { temporaryFolder } from './testkit/temporary-folder.ts'

const database = withTestDatabase()

/** A key as an operator makes it, and who git trusts with it. */
async function someKey() {
  const folder = await temporaryFolder()
  const file = join(folder, 'signing.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const { publicKey } = await readCommitSigner(file)
  const signers = join(folder, 'signers')
  await writeFile(signers, `${NEXUS.email} namespaces="git" ${publicKey}\n`)
  return { file, trust: ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`] }
}

test('[SIGN1] commits are signed so that git itself finds the signature good, and no other', async () => {
  const stage = await createStage(database.db)
  const [key, other] = [await someKey(), await someKey()]
  const worker = await stage.worker({ options: { signingKeyFile: key.file } })
  const panel = await stage.addPanel({ name: 'Größe „q“', state: { n: 1 } })
  await worker.commitChanged()
  await stage.edit(panel, BOB, (state) => state.set('n', 2))
  await stage.request({ description: '\n\nline one\r\n\nline two\n\n' })
  await worker.commitChanged()
  await stage.edit(panel, ADA, (state) => state.set('n', 3))
  await worker.commitChanged()
  const commits = (await stage.git('rev-list', 'main')).trim().split('\n')
  expect(commits).toHaveLength(3)
  for (const commit of commits) {
    await stage.git(...key.trust, 'verify-commit', commit)
    await expect(stage.git(...other.trust, 'verify-commit', commit)).rejects.toThrow()
  }
  await stage.git('fsck', '--full', '--strict')
  expect(await stage.git(...key.trust, 'log', '-1', '--format=%G? %GS')).toBe(`G ${NEXUS.email}\n`)
})

test('[SIGN1] a commit that was changed is not found good', async () => {
  const stage = await createStage(database.db)
  const key = await someKey()
  const worker = await stage.worker({ options: { signingKeyFile: key.file } })
  await stage.addPanel({ name: 'Notes' })
  await worker.commitChanged()
  const text = await stage.git('cat-file', 'commit', 'main')
  const forged = join(await temporaryFolder(), 'commit')
  await writeFile(forged, text.replace('Ada Lovelace', 'Eve Lovelace'))
  const hash = (await stage.git('hash-object', '-t', 'commit', '-w', forged)).trim()
  await expect(stage.git(...key.trust, 'verify-commit', hash)).rejects.toThrow()
})

test('[SIGN2] the same commit has the same signature, so the same versions have the same hash', async () => {
  const { file } = await someKey()
  const [one, two] = [await readCommitSigner(file), await readCommitSigner(file)]
  expect(one.sign('tree x\n')).toBe(two.sign('tree x\n'))
  expect(one.sign('tree x\n')).not.toBe(one.sign('tree y\n'))
})

test.each([
  [
    'another kind of key',
    () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  ['no key', () => 'a secret that is none'],
])('[SIGN3] %s is refused before anything starts, and not repeated', async (_what, content) => {
  const file = join(await temporaryFolder(), 'key.pem')
  await writeFile(file, content())
  const stage = await createStage(database.db)
  const failure = await stage
    .worker({ options: { signingKeyFile: file } })
    .catch((error: Error) => error.message)
  expect(failure).toMatch(/has no Ed25519 key in PEM; make one with: openssl/)
  expect(failure).not.toContain('a secret')
})
