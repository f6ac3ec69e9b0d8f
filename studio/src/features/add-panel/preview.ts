import { compilePanel } from '@nexus/core/nxml'

/** What a definition brings, in words. */
interface PanelPreview {
  /** Descriptions of its tools. */
  readonly tools: readonly string[]
  /** Names of what everybody shares. */
  readonly data: readonly string[]
}

/** More would be a manual. */
const MAX_TOOLS = 6

/** Reads a definition for the preview; nothing for a free-form panel or a broken source. */
export function previewOf(source: string): PanelPreview {
  const compilation = source === '' ? null : compilePanel(source)
  if (compilation === null || compilation.state === 'invalid') return { tools: [], data: [] }
  const { tools, states } = compilation.panel
  return {
    tools: tools
      .flatMap(({ description }) => (description === undefined ? [] : [description]))
      .slice(0, MAX_TOOLS),
    data: states.filter(({ scope }) => scope === 'shared').map(({ name }) => name),
  }
}
