/** What a semicolon may hide in: a comment, a quoted text or name, a `$tag$` body. */
const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|;/g

/**
 * Cuts a file of SQL into its statements, since PGlite takes only one at a time.
 *
 * @returns Statements without their semicolons, none of them empty. Comments stay where they are.
 */
export function splitStatements(text: string): string[] {
  const statements: string[] = []
  let start = 0
  for (const match of text.matchAll(TOKEN)) {
    if (match[0] !== ';') continue
    statements.push(text.slice(start, match.index))
    start = match.index + 1
  }
  statements.push(text.slice(start))
  return statements.map((statement) => statement.trim()).filter(hasCode)
}

const hasCode = (statement: string): boolean =>
  statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== ''
