import { describe, expect, test } from 'vitest'
import { compileSource } from './compile.ts'
import type { Compilation, CompiledPanel, Diagnostic } from './compiled-panel.ts'
import { readCases } from './fixtures/read-cases.ts'
import { PANEL_LIBRARY } from './library/index.ts'

const verdictOf = ({ diagnostics }: Compilation): string => {
  const shown = diagnostics.filter(({ severity }) => severity !== 'info').map(short)
  return shown.length === 0 ? 'valid' : shown.join(' ')
}

const short = ({ severity, code, loc }: Diagnostic): string =>
  `${severity === 'warning' ? 'W:' : ''}${code}@${loc.startLine}:${loc.startColumn}`

describe('the cases of section 16', () => {
  test.each(readCases())(
    '[NXML1] $name gives exactly the codes and positions the specification names',
    ({ source, verdict }) => {
      expect(verdictOf(compileSource(source))).toBe(verdict)
    },
  )
})

describe('the panel library', () => {
  test.each(PANEL_LIBRARY)('[NXML2] $id is valid, without a warning', ({ id, source }) => {
    const compilation = compileSource(source)
    expect(compilation.state).toBe('valid')
    const infos = id === 'notes' || id === 'metrics' ? ['UNUSED_TOOL'] : []
    expect(compilation.diagnostics.map(({ code }) => code)).toEqual(infos)
  })

  test.each(PANEL_LIBRARY)('[NXML3] $id is listed with the attributes of its source', (panel) => {
    const { meta } = valid(panel.source)
    const { id, title, description, icon, accent, tags } = panel
    expect(meta).toMatchObject({ id, title, description, icon, accent, tags })
  })
})

const valid = (source: string): CompiledPanel => {
  const compilation = compileSource(source)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  return compilation.panel
}
