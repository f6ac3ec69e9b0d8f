import { readAttributes } from './attributes.ts'
import type { CompiledPanel } from './compiled-panel.ts'
import { readData } from './data-section.ts'
import type { Outline } from './declarations.ts'
import {
  type Attributes,
  elementsOf,
  invalidValue,
  optional,
  textOf,
  unknownElement,
} from './declared-attributes.ts'
import type { Report } from './diagnostics.ts'
import { readLogic } from './logic-section.ts'
import { isSlug } from './names.ts'
import type { ElementNode } from './parse.ts'

/** Reads the structure of a definition and reports everything that is wrong with it. */
export const readOutline = (root: ElementNode, report: Report): Outline => {
  const sections = readSections(root, report)
  const attributes = readAttributes(root, ROOT_ATTRIBUTES, { report, path: [] })
  const data = readData(sections.Data, report)
  const logic = readLogic(sections.Logic, report)
  const view = readView(root, sections.View, report)
  return { meta: readMeta(root, attributes, report), ...data, ...logic, ...view }
}

const ROOT_ATTRIBUTES = ['title', 'id', 'version', 'description', 'author', 'tags', 'icon', 'accent']

const SECTIONS = ['Data', 'Logic', 'View'] as const

type Sections = Record<(typeof SECTIONS)[number], ElementNode[]>

const readSections = (root: ElementNode, report: Report): Sections => {
  const sections: Sections = { Data: [], Logic: [], View: [] }
  for (const child of elementsOf(root, report, [])) {
    const name = SECTIONS.find((section) => section === child.name)
    if (name === undefined) {
      unknownElement(child, root, report, SECTIONS)
      continue
    }
    readAttributes(child, [], { report, path: [name.toLowerCase()] })
    if (sections[name].length > 0) {
      report({
        code: 'DUPLICATE_SECTION',
        message: `second <${name}>`,
        at: child.nameSpan,
        path: [name.toLowerCase()],
      })
    }
    sections[name].push(child)
  }
  return sections
}

const readMeta = (root: ElementNode, attributes: Attributes, report: Report): CompiledPanel['meta'] => {
  checkMeta(attributes, report)
  const title = textOf(attributes, 'title')
  if (title === undefined) {
    report({ code: 'MISSING_TITLE', message: 'the panel has no title', at: root.nameSpan })
  }
  const tags = (textOf(attributes, 'tags') ?? '').split(',').map((tag) => tag.trim())
  return {
    title: title ?? 'Untitled panel',
    version: textOf(attributes, 'version') ?? '1.0.0',
    tags: tags.filter((tag) => tag !== ''),
    ...optional('id', textOf(attributes, 'id')),
    ...optional('description', textOf(attributes, 'description')),
    ...optional('author', textOf(attributes, 'author')),
    ...optional('icon', textOf(attributes, 'icon')),
    ...optional('accent', textOf(attributes, 'accent')),
  }
}

/** `1.2.3`, with the pre-release and build parts of semantic versioning. */
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

const META_RULES: Readonly<Record<string, { fits(text: string): boolean; rule: string }>> = {
  title: { fits: (text) => text.length >= 1 && text.length <= 128, rule: 'has 1 to 128 characters' },
  version: { fits: (text) => SEMANTIC_VERSION.test(text), rule: 'is a semantic version such as 1.0.0' },
  description: { fits: (text) => text.length <= 1024, rule: 'has at most 1,024 characters' },
  author: { fits: (text) => text.length <= 128, rule: 'has at most 128 characters' },
  tags: { fits: (text) => text.split(',').length <= 20, rule: 'has at most 20 words' },
}

const checkMeta = (attributes: Attributes, report: Report): void => {
  for (const [name, { fits, rule }] of Object.entries(META_RULES)) {
    const attribute = attributes.get(name)
    if (attribute === undefined || fits(attribute.value.text)) continue
    invalidValue(report, attribute, `${name} ${rule}`, [name])
  }
  const id = attributes.get('id')
  if (id !== undefined && !isSlug(id.value.text)) {
    const message = `"${id.value.text}" is not a valid panel id`
    report({ code: 'INVALID_IDENTIFIER', message, at: id.valueSpan, path: ['id'] })
  }
}

const readView = (
  root: ElementNode,
  sections: readonly ElementNode[],
  report: Report,
): { viewRoot: ElementNode | null; refused: readonly ElementNode[] } => {
  const [view, ...others] = sections
  if (view === undefined) {
    report({ code: 'MISSING_VIEW', message: 'headless panel', at: root.nameSpan })
    return { viewRoot: null, refused: [] }
  }
  const [viewRoot = null, ...second] = elementsOf(view, report, ['view'])
  for (const element of second) {
    const message = '<View> takes one root component; wrap them in a <Layout>'
    report({ code: 'MULTIPLE_VIEW_ROOTS', message, at: element.nameSpan, path: ['view'] })
  }
  return { viewRoot, refused: [...second, ...others] }
}
