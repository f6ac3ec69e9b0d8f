/** The studio's page for an invitation. The token stands where no server, log or referrer sees it. */
export const invitationUrl = (publicUrl: string | null, token: string): string | null =>
  publicUrl === null ? null : new URL(`/invitation#${token}`, publicUrl).href
