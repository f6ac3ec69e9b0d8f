import { hash } from 'node:crypto'
import type { Db } from '@nexus/core/sql'
import { SEALED_FOR_MS } from './sealed-cookie.ts'

/** @returns `false`: it has been taken before, here or on another server. */
export async function takeAnswer(db: Db, { state, now }: { readonly state: string; readonly now: Date }) {
  const taken = await db
    .insertInto('sso_answers')
    .values({
      state_hash: hash('sha256', state, 'buffer'),
      // Whoever kept its cookie cannot show that either, then.
      expires_at: new Date(now.getTime() + SEALED_FOR_MS),
    })
    .onConflict((on) => on.doNothing())
    .returning('expires_at')
    .execute()
  return taken.length > 0
}

export const forgetTakenAnswers = async (db: Db, now: Date): Promise<void> =>
  void (await db.deleteFrom('sso_answers').where('expires_at', '<=', now).execute())
