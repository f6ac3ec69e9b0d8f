import * as acorn from 'acorn'
import { createUseRecorder, type HandlerContext, type HandlerUse } from './handler-use.ts'
import { walkHandler } from './handler-walk.ts'
import type { MappedText } from './mapped-text.ts'

interface HandlerAnalysis extends HandlerUse {
  /** There is no statement in it. */
  readonly isEmpty: boolean
}

/** Checks the code of one handler and finds what it reads, writes and calls (NXML specification 4.5, 4.8). */
export const analyseHandler = (code: MappedText, context: HandlerContext): HandlerAnalysis => {
  try {
    const program = acorn.parse(code.text, {
      ecmaVersion: 2024,
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    })
    const recorder = createUseRecorder(code, context)
    walkHandler(program, recorder, context)
    return { ...recorder.result(), isEmpty: program.body.length === 0 }
  } catch (error) {
    reportSyntax(error, code, context)
    return guessUse(code.text)
  }
}

const reportSyntax = (error: unknown, code: MappedText, { report, path }: HandlerContext): void => {
  if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error
  const index = 'pos' in error ? Number(error.pos) : 0
  const place = { at: { start: code.offsetAt(index), end: code.offsetAt(index) + 1 }, path }
  const isWith = /^with\b/.test(code.text.slice(index)) && error.message.includes('strict mode')
  if (isWith) report({ code: 'FORBIDDEN_SYNTAX', message: 'with is not available in handlers', ...place })
  else report({ code: 'HANDLER_SYNTAX', message: syntaxMessage(error), hint: hintFor(code.text), ...place })
}

const syntaxMessage = (error: Error): string => {
  if (error instanceof RangeError) return 'the code is nested too deeply'
  const text = error.message.replace(/ \(\d+:\d+\)$/, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}

const hintFor = (code: string): string | undefined =>
  /&(lt|gt|amp|quot|apos);/.test(code)
    ? 'character references like &lt; are not decoded in handlers'
    : undefined

/** Names in code that does not parse still count as used. */
const guessUse = (code: string): HandlerAnalysis => ({
  reads: [...code.matchAll(/\$state\s*\??\.\s*([A-Za-z_]\w*)/g)].map(([, name]) => name ?? ''),
  writes: [],
  dynamicState: false,
  extensions: [...code.matchAll(/\$ext\s*\.\s*([A-Za-z_]\w*)/g)].map(([, alias]) => alias ?? ''),
  emits: [],
  viewIds: [],
  capabilities: [],
  isEmpty: false,
})
