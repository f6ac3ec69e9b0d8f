/** One e-mail to one person. */
export interface Mail {
  /** An address that has been checked, without a name. */
  readonly to: string
  /** Becomes one line of at most 200 characters, whatever is in it. */
  readonly subject: string
  readonly text: string
  /** What people wrote is escaped in it; see {@link writeLetter}. */
  readonly html?: string
}

export interface Mailer {
  /** Why no mail can be sent, for whoever runs the installation; `null`: it can. */
  readonly problem: string | null
  /**
   * Afterwards the mail waits its turn and will be tried several times; nobody hears how that went but the log and the
   * metrics. A mail that still waits when the process is killed is lost: let people ask for it again.
   *
   * @throws {NexusError} `mail_not_configured`, or `unavailable` when too many wait already. Nothing will be sent.
   */
  send(mail: Mail): void
  /**
   * The address of a page, as people reach it.
   *
   * @param path - From `/`. Secrets belong behind a `#`, which browsers keep to themselves.
   * @throws {NexusError} `mail_not_configured`
   */
  linkTo(path: string): string
}

/** Hands a mail over to whoever carries it. Rejects when it was not taken. */
export type DeliverMail = (mail: Mail) => Promise<void>
