/**
 * How long one simulated process lives. Everything it does to the world outside passes here, so that it can die between
 * any two of these acts; what it does by itself nobody would notice anyway.
 */
export class Life {
  readonly name: string
  #actsLeft = Number.POSITIVE_INFINITY
  #isOver = false
  readonly #listeners: (() => void)[] = []

  constructor(name: string) {
    this.name = name
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** @returns Whether the process lives to do it, or to hear of it. */
  act(): boolean {
    if (this.#isOver) return false
    if (this.#actsLeft === 0) this.end()
    this.#actsLeft -= 1
    return !this.#isOver
  }

  /** It dies in the attempt to do one thing more than `acts`. */
  endAfter(acts: number): void {
    this.#actsLeft = Math.min(this.#actsLeft, acts)
  }

  /** Forgets {@link Life.endAfter}. */
  goOn(): void {
    this.#actsLeft = Number.POSITIVE_INFINITY
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const listener of this.#listeners) listener()
  }

  onEnd(listener: () => void): void {
    this.#listeners.push(listener)
  }
}
