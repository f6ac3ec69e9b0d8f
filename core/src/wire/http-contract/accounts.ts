import * as z from 'zod'
import { PLANS } from '../../model/plan.ts'
import { nameField, storableText } from './fields.ts'
import { workspaceSchema } from './workspaces.ts'

/** Compared without case and without the white space around it. */
export const emailField = z.string().trim().toLowerCase().pipe(z.email().max(254))

const MIN_PASSWORD_CHARS = 8
const MAX_PASSWORD_CHARS = 128

/** One that is to be set. */
export const newPasswordField = storableText({ min: MIN_PASSWORD_CHARS, max: MAX_PASSWORD_CHARS })
/** Any text here is simply right or wrong. */
export const passwordField = z.string().max(1_000)

export const signupRequest = z.object({
  email: emailField,
  password: newPasswordField,
  name: nameField,
})
export type SignupRequest = z.input<typeof signupRequest>

export const loginRequest = z.object({
  email: emailField,
  password: passwordField,
})
export type LoginRequest = z.input<typeof loginRequest>

/** For programs; browsers send the cookie and no body. */
export const sessionTokenRequest = z.object({ sessionToken: z.string().min(1).max(200).optional() })
export type SessionTokenRequest = z.input<typeof sessionTokenRequest>

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  plan: z.enum(PLANS),
  /** Whether somebody has followed the link that was sent to `email`. */
  emailVerified: z.boolean(),
  /** `false`: they sign in by the provider of the installation alone. */
  hasPassword: z.boolean(),
})
export type UserView = z.infer<typeof userSchema>

export const accessTokenSchema = z.object({
  /** JWT for `Authorization: Bearer`. */
  accessToken: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
})
export type AccessTokenView = z.infer<typeof accessTokenSchema>

export const signedInSchema = accessTokenSchema.extend({
  user: userSchema,
  /** The default workspace, or the first one the user is a member of; `null` when there is none any more. */
  workspace: workspaceSchema.nullable(),
  /** Only with `X-Client: api`. */
  sessionToken: z.string().optional(),
})
export type SignedInView = z.infer<typeof signedInSchema>
