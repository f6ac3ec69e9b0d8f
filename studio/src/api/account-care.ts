import type { Calls } from './calls.ts'

/** Where the person is signed in. */
export interface SessionEntry {
  readonly id: string
  /** RFC 3339. */
  readonly lastUsedAt: string
  readonly userAgent: string | null
  readonly ipAddress: string | null
  /** The one this page uses. */
  readonly isCurrent: boolean
}

/** Passwords, sessions and the end of an account. Each call throws {@link ApiError}. */
export function createAccountCareApi({ http, open, typedOf, done }: Calls) {
  return {
    /** How people can sign in, besides by a password. */
    signInWays: (): Promise<{ readonly sso: { readonly label: string } | null }> =>
      typedOf(open.GET('/api/auth/ways')),
    /** The same whether anybody has the address. */
    forgotPassword: (email: string): Promise<void> =>
      done(open.POST('/api/auth/forgot-password', { body: { email } })),
    resetPassword: (token: string, newPassword: string): Promise<void> =>
      done(open.POST('/api/auth/reset-password', { body: { token, newPassword } })),
    verifyEmail: (token: string): Promise<void> =>
      done(open.POST('/api/auth/verify-email', { body: { token } })),
    /** Sends the mail that confirms the person's address. */
    requestVerification: (): Promise<void> => done(http.POST('/api/auth/verify-email/request')),
    /** All other sessions end. */
    changePassword: (currentPassword: string, newPassword: string): Promise<void> =>
      done(http.POST('/api/auth/password', { body: { currentPassword, newPassword } })),
    /** The one used last first. */
    listSessions: (): Promise<readonly SessionEntry[]> => typedOf(http.GET('/api/auth/sessions')),
    endSession: (sessionId: string): Promise<void> =>
      done(http.DELETE('/api/auth/sessions/{sessionId}', { params: { path: { sessionId } } })),
    /**
     * @param password - `null`: there is none; the session must be a new one.
     * @returns Until when it can be undone, RFC 3339.
     */
    deleteAccount: async (password: string | null): Promise<string> =>
      (await typedOf(http.DELETE('/api/auth/me', { body: password === null ? {} : { password } }))).deletesAt,
  }
}
