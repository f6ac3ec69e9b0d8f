const MAX_CHARS = 300

/** Members that errors of the library and of the network have, and that hold no token, code or claim. */
const TOLD = ['name', 'message', 'code', 'error', 'error_description', 'status'] as const

/**
 * What may be logged of a failed exchange with the provider, causes included. Not the errors themselves: theirs have the
 * answers of the provider in them.
 */
export function failureFacts(error: unknown): readonly Record<string, string>[] {
  const facts: Record<string, string>[] = []
  for (let each = error; each instanceof Error && facts.length < 4; each = each.cause)
    facts.push(factsOf(each))
  return facts
}

function factsOf(error: Error): Record<string, string> {
  const facts: Record<string, string> = {}
  for (const name of TOLD) {
    const value: unknown = Reflect.get(error, name)
    if (typeof value === 'string' || typeof value === 'number')
      facts[name] = String(value).slice(0, MAX_CHARS)
  }
  return facts
}
