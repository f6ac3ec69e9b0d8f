import { toVersion, type Version } from '../model/version.ts'

/** Which versions of one document have arrived, in whatever order. */
interface KnownVersions {
  /** Everything up to here has arrived. */
  readonly contiguous: Version
  /** Something above `contiguous` has arrived, so something between is missing. */
  readonly hasHole: boolean
  has(version: Version): boolean
  /** `from` to `to`, both included. */
  add(from: Version, to: Version): void
}

export function createKnownVersions(upTo: Version): KnownVersions {
  let contiguous: number = upTo
  const beyond = new Set<number>()
  return {
    get contiguous() {
      return toVersion(contiguous)
    },
    get hasHole() {
      return beyond.size > 0
    },
    has: (version) => version <= contiguous || beyond.has(version),
    add(from, to) {
      for (let version = Math.max(from, contiguous + 1); version <= to; version += 1) beyond.add(version)
      while (beyond.delete(contiguous + 1)) contiguous += 1
    },
  }
}
