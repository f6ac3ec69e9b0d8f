import { isNexusError, NexusError } from '../model/errors.ts'
import { formatPointer, type Step } from './pointer.ts'

/** The refusal of a write. `path` is the place concerned, from the root of the panel JSON. */
export const invalidPatch = (message: string, path: readonly Step[]): NexusError =>
  new NexusError('invalid_patch', message, { details: { pointer: formatPointer(path) } })

/** Runs one operation of a patch; what it throws says which operation it was. */
export function asOperation<Result>(operation: number, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!isNexusError(error)) throw error
    throw new NexusError(error.code, `Operation ${operation}: ${error.message}`, {
      details: { operation, ...error.details },
      cause: error,
    })
  }
}
