import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Puts signatures below commits that `git verify-commit` checks with `gpg.format=ssh`. */
export interface CommitSigner {
  /** As `ssh-keygen` and `git` write it: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string
  /** @param payload - The commit without a signature. The same payload has the same signature, so commits stay the same. */
  sign(payload: string): string
}

const KEY_TYPE = 'ssh-ed25519'
/** What SSH signatures are for, so that one for something else is none for a commit. */
const NAMESPACE = 'git'
const HASH = 'sha512'
const MAGIC = Buffer.from('SSHSIG')
const VERSION = 1
const CHARS_PER_LINE = 70

/**
 * @param path - A PEM file (PKCS #8) with an Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it.
 * @throws {Error} When there is none; its message has nothing of the key.
 */
export async function readCommitSigner(path: string): Promise<CommitSigner> {
  return createCommitSigner(toKey(path, await readFile(path)))
}

function toKey(path: string, pem: Buffer): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Its reason may quote the file.
  }
  throw new Error(`${path} has no Ed25519 key in PEM; make one with: openssl genpkey -algorithm ed25519`)
}

/** The format of OpenSSH's PROTOCOL.sshsig. */
export function createCommitSigner(key: KeyObject): CommitSigner {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const publicKey = Buffer.concat([field(KEY_TYPE), field(Buffer.from(x, 'base64url'))])
  return {
    publicKey: `${KEY_TYPE} ${publicKey.toString('base64')}`,
    sign: (payload) => {
      const digest = createHash(HASH).update(payload, 'utf8').digest()
      const signed = Buffer.concat([MAGIC, field(NAMESPACE), field(''), field(HASH), field(digest)])
      const signature = Buffer.concat([field(KEY_TYPE), field(sign(null, signed, key))])
      const version = Buffer.alloc(4)
      version.writeUInt32BE(VERSION)
      return armoured(
        Buffer.concat([
          MAGIC,
          version,
          field(publicKey),
          field(NAMESPACE),
          field(''),
          field(HASH),
          field(signature),
        ]),
      )
    },
  }
}

/** A string of the SSH protocols: its length and its bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.byteLength)
  return Buffer.concat([length, bytes])
}

function armoured(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${CHARS_PER_LINE}}`, 'g')) ?? []
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n')
}
