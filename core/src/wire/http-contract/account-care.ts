import * as z from 'zod'
import { emailField, newPasswordField, passwordField } from './accounts.ts'
import { nameField } from './fields.ts'

/** From the link in a mail. */
const tokenField = z.string().min(1).max(200)

export const changePasswordRequest = z.strictObject({
  currentPassword: passwordField,
  newPassword: newPasswordField,
})
export type ChangePasswordRequest = z.input<typeof changePasswordRequest>

export const forgotPasswordRequest = z.strictObject({ email: emailField })
export type ForgotPasswordRequest = z.input<typeof forgotPasswordRequest>

export const resetPasswordRequest = z.strictObject({ token: tokenField, newPassword: newPasswordField })
export type ResetPasswordRequest = z.input<typeof resetPasswordRequest>

export const verifyEmailRequest = z.strictObject({ token: tokenField })
export type VerifyEmailRequest = z.input<typeof verifyEmailRequest>

export const sessionSchema = z.object({
  /** Not what signs in: it only names the session. */
  id: z.string(),
  createdAt: z.string(),
  /** When it last made an access token. */
  lastUsedAt: z.string(),
  expiresAt: z.string(),
  userAgent: z.string().nullable(),
  ipAddress: z.string().nullable(),
  /** The one the access token was made from. */
  isCurrent: z.boolean(),
})
export type SessionView = z.infer<typeof sessionSchema>

export const updateAccountRequest = z.strictObject({ name: nameField.optional() })
export type UpdateAccountRequest = z.input<typeof updateAccountRequest>

export const deleteAccountRequest = z.strictObject({
  /** Of people who have none, a session that began within the last ten minutes. */
  password: passwordField.optional(),
})
export type DeleteAccountRequest = z.input<typeof deleteAccountRequest>

export const deletedAccountSchema = z.object({
  /** From then on nothing is left to be restored. */
  deletesAt: z.string(),
})
export type DeletedAccountView = z.infer<typeof deletedAccountSchema>

export const restoreAccountRequest = z.strictObject({ email: emailField, password: passwordField })
export type RestoreAccountRequest = z.input<typeof restoreAccountRequest>
