declare const brand: unique symbol

/** Position in one document's log. 0 means "nothing appended yet"; the first update makes version 1. */
export type Version = number & { readonly [brand]: 'Version' }

/** The version of a document that has no updates. */
export const NO_VERSION = 0 as Version

/** For numbers that come from our own tables or arithmetic on versions. */
export const toVersion = (value: number): Version => value as Version

/** @returns The version, or `null` when `value` is not a safe integer ≥ 0 (numbers and decimal text are accepted). */
export function parseVersion(value: unknown): Version | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
    ? (number as Version)
    : null
}
