/** One setting a service reads from the environment. */
interface OptionSpec<T> {
  readonly doc: string
  /** Absent: the setting must be given. */
  readonly fallback?: T
  /** Never shown in logs or error messages. */
  readonly secret?: boolean
  /** @throws {Error} with a sentence that says what is wrong with the text. */
  readonly parse: (text: string) => T
}

export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>

export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionSpec<infer T> ? T : never
}

/** All problems of a configuration at once; `message` has one line for each. */
export class InvalidOptions extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration has problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'InvalidOptions'
  }
}

const check = <T>(parse: (text: string) => T, isFine: (value: T) => boolean, problem: string) => {
  return (text: string): T => {
    const value = parse(text)
    if (!isFine(value)) throw new Error(problem)
    return value
  }
}

type Rest<T> = Omit<OptionSpec<T>, 'parse'>

export const textOption = (rest: Rest<string>): OptionSpec<string> => ({ ...rest, parse: (text) => text })

/** Text, or `null` when it is not given. */
export const optionalTextOption = (
  rest: Omit<Rest<string | null>, 'fallback'>,
): OptionSpec<string | null> => ({
  ...rest,
  fallback: null,
  parse: (text) => text,
})

/** A whole number within `min`…`max` (both included). */
export const integerOption = (
  range: { readonly min: number; readonly max: number },
  rest: Rest<number>,
): OptionSpec<number> => ({
  ...rest,
  parse: check(
    Number,
    (value) => Number.isInteger(value) && value >= range.min && value <= range.max,
    `must be a whole number from ${range.min} to ${range.max}`,
  ),
})

export const portOption = (rest: Rest<number>): OptionSpec<number> =>
  integerOption({ min: 0, max: 65_535 }, rest)

export const choiceOption = <const T extends string>(
  choices: readonly T[],
  rest: Rest<T>,
): OptionSpec<T> => ({
  ...rest,
  parse: check(
    (text) => text as T,
    (value) => choices.includes(value),
    `must be one of ${choices.join(', ')}`,
  ),
})

/**
 * Reads the settings of one service. Nothing else reads the environment.
 *
 * @throws {InvalidOptions} listing every problem; nothing has been opened yet.
 */
export function readOptions<Table extends OptionTable>(
  table: Table,
  environment: Readonly<Record<string, string | undefined>>,
): OptionsOf<Table> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(table)) {
    const text = environment[name]
    if (text === undefined || text === '') {
      if ('fallback' in spec) values[name] = spec.fallback
      else problems.push(`${name} is missing: ${spec.doc}`)
      continue
    }
    try {
      values[name] = spec.parse(text)
    } catch (error) {
      const shown = spec.secret ? '' : ` (it is ${JSON.stringify(text)})`
      problems.push(`${name} ${error instanceof Error ? error.message : 'is wrong'}${shown}`)
    }
  }
  if (problems.length > 0) throw new InvalidOptions(problems)
  return values as OptionsOf<Table>
}
