import type { Clock, UserId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { createAccountToken } from '../accounts/account-tokens.ts'
import { writeLetter } from '../mail/letter.ts'
import type { Mailer } from '../mail/mailer.ts'

interface Parts {
  readonly db: Db
  readonly mailer: Mailer
  readonly clock: Clock
}

/**
 * Sends the link that sets a new password, if anybody has this address. Who asks is not to learn that: do not let them
 * wait for it.
 */
export async function sendPasswordLetter({ db, mailer, clock }: Parts, email: string): Promise<void> {
  const user = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  if (user === undefined) return
  const token = await createAccountToken(db, {
    purpose: 'reset_password',
    userId: user.id,
    email,
    now: clock.now(),
  })
  mailer.send({
    to: email,
    ...writeLetter({
      subject: 'Choose a new password for Nexus',
      paragraphs: ['Somebody asked for a new password for the Nexus account with this address.'],
      link: { label: 'Choose a new password', url: mailer.linkTo(`/reset-password#${token}`) },
      remarks: [
        'The link works once, for an hour. If it was not you, nothing has changed: ignore this mail.',
      ],
    }),
  })
}

/** Sends the link that confirms the address. There is nothing in the mail that whoever signed up has written. */
export async function sendVerificationLetter(
  { db, mailer, clock }: Parts,
  { userId, email }: { readonly userId: UserId; readonly email: string },
): Promise<void> {
  const token = await createAccountToken(db, { purpose: 'verify_email', userId, email, now: clock.now() })
  mailer.send({
    to: email,
    ...writeLetter({
      subject: 'Confirm your e-mail address for Nexus',
      paragraphs: ['A Nexus account has been made with this address.'],
      link: { label: 'Confirm the address', url: mailer.linkTo(`/verify-email#${token}`) },
      remarks: ['The link works once, for a week. If it was not you, ignore this mail.'],
    }),
  })
}
