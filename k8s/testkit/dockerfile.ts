import { readText } from './repository.ts'

interface Instruction {
  /** Upper case, such as `COPY`. */
  readonly name: string
  /** The rest, on one line. */
  readonly text: string
}

/** One `FROM … AS name` and what is written below it. */
export interface Stage {
  readonly name: string
  /** Image, or the name of another stage. */
  readonly from: string
  readonly instructions: readonly Instruction[]
}

/** Every stage of the Dockerfile by its name, in order. @throws When a stage has no name. */
export function readDockerfile(): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Stage & { instructions: Instruction[] }>()
  let current: Instruction[] = []
  for (const instruction of readInstructions(readText('Dockerfile'))) {
    if (instruction.name !== 'FROM') {
      current.push(instruction)
      continue
    }
    const [, from, name] = /^(?:--\S+ )?(\S+) AS (\S+)$/.exec(instruction.text) ?? []
    if (from === undefined || name === undefined) throw new Error(`FROM ${instruction.text} has no name`)
    current = []
    stages.set(name, { name, from, instructions: current })
  }
  return stages
}

function readInstructions(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf(' ')
      return { name: line.slice(0, at).toUpperCase(), text: line.slice(at + 1).trim() }
    })
}

/** The stage's instructions after those of the stages it is made from. */
export function allInstructions(stages: ReadonlyMap<string, Stage>, name: string): Instruction[] {
  const stage = stages.get(name)
  if (stage === undefined) return []
  return [...allInstructions(stages, stage.from), ...stage.instructions]
}

/** What a container of the image starts with. */
export function imageEnvironment(instructions: readonly Instruction[]): ReadonlyMap<string, string> {
  const pairs = instructions
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ text }) => [...text.matchAll(/(\w+)=(\S+)/g)])
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]))
}

/** Text of the last instruction of that name, which is the one that counts. */
export const lastOf = (instructions: readonly Instruction[], name: string): string | undefined =>
  instructions.findLast((instruction) => instruction.name === name)?.text
