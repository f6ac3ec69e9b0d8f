/** What happened in a run, line by line, for people and for comparing two runs. */
export class Trace {
  readonly #startedAt = Date.now()
  readonly #lines: string[] = []

  /** @param text - Without ids that differ from run to run. */
  add(text: string): void {
    this.#lines.push(`${String(Date.now() - this.#startedAt).padStart(6)} ms  ${text}`)
  }

  last(count: number): string {
    return this.#lines.slice(Math.max(0, this.#lines.length - count)).join('\n')
  }

  get text(): string {
    return this.#lines.join('\n')
  }
}
