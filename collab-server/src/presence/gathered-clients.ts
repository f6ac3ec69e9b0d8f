/** Clients of whom something is to be said to everybody, gathered for a while so that it is said once. */
export class GatheredClients {
  readonly #clients = new Set<number>()
  readonly #pass: (clients: readonly number[]) => void
  #timer: NodeJS.Timeout | null = null

  /** @param pass - Called with all of them when the time of the first is over. */
  constructor(pass: (clients: readonly number[]) => void) {
    this.#pass = pass
  }

  /** It is passed on within `withinMs`, or earlier, with those that wait already. */
  add(client: number, withinMs: number): void {
    this.#clients.add(client)
    this.#timer ??= setTimeout(() => this.#passOn(), withinMs)
  }

  /** It was said another way. */
  delete(client: number): void {
    this.#clients.delete(client)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #passOn(): void {
    const clients = [...this.#clients]
    this.#timer = null
    this.#clients.clear()
    if (clients.length > 0) this.#pass(clients)
  }
}
