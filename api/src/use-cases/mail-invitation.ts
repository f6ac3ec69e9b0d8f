import { isNexusError } from '@nexus/core'
import { writeLetter } from '../mail/letter.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { AuthLimits } from '../middleware/auth-limits.ts'

interface Parts {
  readonly mailer: Mailer
  readonly authLimits: Pick<AuthLimits, 'countMail'>
}

/**
 * Sends the link of an invitation. What people call themselves or their workspaces is not in the mail: it goes to whatever
 * address somebody types.
 *
 * @returns Whether it is on its way: not where no mail is sent, nor when the address was sent many already.
 */
export function mailInvitation(
  { mailer, authLimits }: Parts,
  { email, token }: { readonly email: string; readonly token: string },
): boolean {
  try {
    const url = mailer.linkTo(`/invitation#${token}`)
    authLimits.countMail(email)
    mailer.send({
      to: email,
      ...writeLetter({
        subject: 'You are invited to a workspace in Nexus',
        paragraphs: ['Somebody invites you to work together in Nexus.'],
        link: { label: 'See the invitation', url },
        remarks: [
          'The link is for this address and good for 14 days. If you expect no invitation, ignore this mail.',
        ],
      }),
    })
    return true
  } catch (error) {
    // The owner has the link and passes it on.
    if (isNexusError(error)) return false
    throw error
  }
}
