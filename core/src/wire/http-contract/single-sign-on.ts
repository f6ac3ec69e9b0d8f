import * as z from 'zod'

/** How people can sign in, besides by a password. */
export const signInWaysSchema = z.object({
  /** By the provider of the installation; `null`: there is none. */
  sso: z.object({ label: z.string() }).nullable(),
})
export type SignInWaysView = z.infer<typeof signInWaysSchema>

export const ssoStartQuery = z.object({
  returnTo: z.string().optional().describe('Path of the page to come back to; the start page without it.'),
  prompt: z
    .enum(['login'])
    .optional()
    .describe('`login`: the provider asks who one is, also when it knows already.'),
})
