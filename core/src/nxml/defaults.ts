import type { StateType } from '../document/shape.ts'
import { isJsonObject, type Json } from '../model/json.ts'
import { FORBIDDEN_MEMBERS } from './expressions/vocabulary.ts'

const MAX_DEFAULT_BYTES = 65_536
/** Levels of lists and objects inside each other. */
export const MAX_NESTING = 32

type DefaultOutcome =
  | { readonly state: 'read'; readonly value: Json }
  | { readonly state: 'refused'; readonly message: string; readonly hint?: string }

const ZERO_VALUES: Readonly<Record<StateType, () => Json>> = {
  string: () => '',
  text: () => '',
  number: () => 0,
  counter: () => 0,
  boolean: () => false,
  list: () => [],
  object: () => ({}),
}

/** What a state of this type holds when its declaration names no default. */
export const zeroValue = (type: StateType): Json => ZERO_VALUES[type]()

/** Reads a `default` attribute (NXML specification 3.2). */
export const parseDefault = (text: string, type: StateType): DefaultOutcome => {
  if (new TextEncoder().encode(text).length > MAX_DEFAULT_BYTES) {
    return { state: 'refused', message: `the default is larger than ${MAX_DEFAULT_BYTES} bytes` }
  }
  if (type === 'string') return read(text)
  if (type === 'text') return read(text.replace(/\r\n?/g, '\n'))
  const trimmed = text.trim()
  if (trimmed === '') return read(zeroValue(type))
  return PARSERS[type](trimmed)
}

const read = (value: Json): DefaultOutcome => ({ state: 'read', value })
const refuse = (message: string, hint?: string): DefaultOutcome => ({
  state: 'refused',
  message,
  ...(hint === undefined ? {} : { hint }),
})

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** A decimal literal as a finite number; null for anything else. */
export const parseDecimal = (text: string): number | null => {
  const trimmed = text.trim()
  const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(value) ? value : null
}

/** `yes`, `no` and their like in any case; null for anything else. */
export const parseBooleanWord = (text: string): boolean | null => {
  const word = text.trim().toLowerCase()
  if (['true', 'yes', '1', 'on'].includes(word)) return true
  if (['false', 'no', '0', 'off', ''].includes(word)) return false
  return null
}

const parseNumber = (text: string): DefaultOutcome => {
  const value = parseDecimal(text)
  return value === null ? refuse(`"${text}" is not a number`) : read(value)
}

const parseCounter = (text: string): DefaultOutcome => {
  const isInteger = /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))
  return isInteger ? read(Number(text)) : refuse(`"${text}" is not an integer`, 'a counter is an integer')
}

const parseBoolean = (text: string): DefaultOutcome => {
  const value = parseBooleanWord(text)
  return value === null ? refuse(`"${text}" is neither true nor false`) : read(value)
}

const parseList = (text: string): DefaultOutcome => {
  const value = parseJson(text)
  if (Array.isArray(value)) return readJson(value)
  return refuse(`"${text}" is not a JSON array`, 'such as ["red","green"]')
}

const parseObject = (text: string): DefaultOutcome => {
  const value = parseJson(text)
  if (value !== undefined && isJsonObject(value)) return readJson(value)
  return refuse(`"${text}" is not a JSON object`, 'such as {"theme":"dark"}')
}

const readJson = (value: Json): DefaultOutcome => {
  const flaw = findFlaw(value, MAX_NESTING)
  return flaw === null ? read(value) : refuse(flaw)
}

const PARSERS = {
  number: parseNumber,
  counter: parseCounter,
  boolean: parseBoolean,
  list: parseList,
  object: parseObject,
}

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why this JSON cannot be state, or null. */
const findFlaw = (value: Json, levels: number): string | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a number is too large'
  if (typeof value !== 'object' || value === null) return null
  if (levels === 0) return `the default is nested deeper than ${MAX_NESTING} levels`
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_MEMBERS.has(key)) return `the member name ${key} is not allowed`
    const flaw = findFlaw(member, levels - 1)
    if (flaw !== null) return flaw
  }
  return null
}
