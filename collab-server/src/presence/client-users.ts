/** Whose the client ids of one document are. Nobody takes over another user's, not even while that one is away. */
export class ClientUsers {
  /** Kept until the document is closed, as long as awareness remembers the clients. */
  readonly #userOf = new Map<number, string>()
  /** Clients that are shown, by user. */
  readonly #shown = new Map<string, Set<number>>()

  mayShow(clientId: number, userId: string): boolean {
    return (this.#userOf.get(clientId) ?? userId) === userId
  }

  claim(clientId: number, userId: string): void {
    this.#userOf.set(clientId, userId)
  }

  show(clientId: number): void {
    const userId = this.#userOf.get(clientId)
    if (userId === undefined) return
    const shown = this.#shown.get(userId) ?? new Set()
    this.#shown.set(userId, shown.add(clientId))
  }

  hide(clientId: number): void {
    const userId = this.#userOf.get(clientId)
    if (userId === undefined) return
    const shown = this.#shown.get(userId)
    shown?.delete(clientId)
    if (shown?.size === 0) this.#shown.delete(userId)
  }

  shownCount(userId: string): number {
    return this.#shown.get(userId)?.size ?? 0
  }
}
