import { generateKeyPairSync } from 'node:crypto'
import { createOpaqueId } from '@nexus/core'
import { ACCESS_TOKEN_TTL_S } from '@nexus/core/server'
import type { Db, Trx } from '@nexus/core/sql'

const DAY_MS = 86_400_000
/** Clocks of processes differ, and checkers remember; ms. */
const MARGIN_MS = 45 * 60_000
/** A key that signs no more is kept until nothing it has signed is valid, ms. */
const KEPT_AFTER_MS = ACCESS_TOKEN_TTL_S * 1_000 + MARGIN_MS

interface Rotation {
  readonly now: Date
  readonly keyDays: number
  /** As the library reads it again. */
  readonly encrypt: (privateKey: string) => Promise<string>
}

/**
 * Makes a new key when the newest is older than `keyDays`; the newest key signs. Older ones go when their last tokens are
 * over. Of several processes that do this at once, one does it.
 */
export async function rotateSigningKeys(db: Db, rotation: Rotation): Promise<void> {
  const { now, keyDays } = rotation
  const oldest = new Date(now.getTime() - keyDays * DAY_MS)
  if (((await newestKey(db))?.created_at ?? now) < oldest) {
    const row = await newKey(rotation)
    await db.transaction().execute(async (trx) => {
      const newest = await newestKey(trx)
      if (newest === undefined) return
      await trx.selectFrom('jwks').select('id').where('id', '=', newest.id).forUpdate().execute()
      // Another process may have been here while this one waited for the row.
      const found = await newestKey(trx)
      if (found !== undefined && found.created_at < oldest) await trx.insertInto('jwks').values(row).execute()
    })
  }
  await removeOldKeys(db, now)
}

const newestKey = (db: Db | Trx) =>
  db
    .selectFrom('jwks')
    .select(['id', 'created_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Those that had a successor early enough. */
async function removeOldKeys(db: Db, now: Date): Promise<void> {
  await db
    .deleteFrom('jwks as old')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('jwks as next')
          .select('next.id')
          .whereRef('next.created_at', '>', 'old.created_at')
          .where('next.created_at', '<=', new Date(now.getTime() - KEPT_AFTER_MS)),
      ),
    )
    .execute()
}

async function newKey({ now, encrypt }: Rotation) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    id: createOpaqueId(),
    public_key: JSON.stringify(publicKey.export({ format: 'jwk' })),
    private_key: await encrypt(JSON.stringify(privateKey.export({ format: 'jwk' }))),
    created_at: now,
    expires_at: null,
    alg: 'EdDSA',
    crv: 'Ed25519',
  }
}
