interface ShownWorkspace {
  readonly name: string
  readonly description: string
  /** In the order of the sidebar. */
  readonly panels: readonly {
    readonly name: string
    readonly type: string
    /** Below `panels/`; an address as it is (rule SNAP2). */
    readonly folder: string
  }[]
}

const ABOUT = `Each panel has a folder: \`state.json\` is its state, \`panel.nxml\` the source of a panel that has one. \`workspace.json\`
lists the panels in order. Every commit is one moment of the workspace. Nexus writes these files; to change them, change the workspace.`

/**
 * The text of `README.md`, for whoever opens the repository: what is in it. Pure; what people wrote is text, never Markdown.
 * Nothing in it comes from the content of panels, so that a commit of an edit shows the edit alone.
 */
export function renderReadme({ name, description, panels }: ShownWorkspace): string {
  const rows = panels.map(
    (panel) => `| [${toTitle(panel.name)}](panels/${panel.folder}/) | ${toInline(panel.type)} |`,
  )
  const list =
    rows.length === 0 ? 'There are no panels yet.' : ['| Panel | Type |', '| --- | --- |', ...rows].join('\n')
  return `${[`# ${toTitle(name)}`, ...toParagraphs(description), list, ABOUT].join('\n\n')}\n`
}

/** Of a line: what would begin something else than text in CommonMark or its tables. */
const SPECIAL = /[\\`*_[\]<>|&~!#$]/g
/** What begins a list, a heading's line, code or a table of one column at the start of a line. */
const SPECIAL_FIRST = /^([-+=:]|\d+(?=[.)]))/
/** What is made a link without any mark. */
const LINKS = /:(?=\/\/)|@|(?<=\bwww)\./gi

/** A name of nothing that shows would be a link nobody can follow. */
function toTitle(name: string): string {
  const title = toInline(name)
  return /[^\p{Cf}\s]/u.test(title) ? title : 'Untitled'
}

function toInline(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+|(?!\u200d)\p{Cf}/gu, ' ')
    .trim()
    .replace(SPECIAL, '\\$&')
    .replace(LINKS, '\\$&')
}

function toParagraphs(text: string): string[] {
  return text
    .split(/(?:\r\n?|\n)(?:[^\S\n\r]*(?:\r\n?|\n))+/)
    .map((paragraph) =>
      paragraph
        .split(/\r\n?|\n/)
        .map((line) => toInline(line).replace(SPECIAL_FIRST, escapeFirst))
        .filter((line) => line !== '')
        .join('\n'),
    )
    .filter((paragraph) => paragraph !== '')
}

/** A number is text when the dot after it is. */
const escapeFirst = (first: string): string => (/\d/.test(first) ? `${first}\\` : `\\${first}`)
