import { codeHtml, jsonHtml, pathHtml, rowsHtml, textHtml } from './docs-html.ts'
import { COMMON_HEADERS, RESPONSE_HEADERS } from './headers.ts'
import type { JsonSchema } from './json-schemas.ts'
import type { MediaObject, OperationObject, ResponseObject } from './operation-object.ts'
import type { Parameter } from './parameters.ts'

interface Shown {
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

/** One operation for people, folded up: what it takes, what it answers, and examples of both. */
export function operationHtml({ method, path, operation }: Shown): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const parts = [
    partHtml('Parameters', parameters.map(parameterRow)),
    ...(requestBody === undefined
      ? []
      : [partHtml('Body', Object.entries(requestBody.content).map(mediaRow), requestBody.description)]),
    partHtml('Answers', Object.entries(responses).map(answerRow)),
  ]
  return `<details id="${operationId}"><summary>${pathHtml(method.toUpperCase(), path)} ${textHtml(summary)}</summary><p>${textHtml(description)}</p>${parts.join('')}</details>`
}

type Row = readonly [term: string, text: string]

const partHtml = (title: string, rows: readonly Row[], note = ''): string =>
  rows.length === 0
    ? ''
    : `<h3>${title}</h3>${note === '' ? '' : `<p>${textHtml(note)}</p>`}${rowsHtml(rows)}`

function parameterRow({ name, in: place, required, description, schema }: Parameter): Row {
  const facts = [`in the ${place}`, ...(required === true ? ['required'] : []), ...factsOf(schema)]
  return [codeHtml(name), `${textHtml(description)} <small>${facts.join('; ')}</small>`]
}

/** What a value may be, in words. */
function factsOf({
  type,
  minimum,
  maximum,
  maxLength,
  enum: values,
  default: fallback,
}: JsonSchema): string[] {
  const isBounded = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER
  return [
    ...(Array.isArray(values) ? [values.map((value) => codeHtml(String(value))).join(', ')] : []),
    ...(type === 'integer' ? ['whole number'] : []),
    ...(typeof minimum === 'number' ? [`at least ${minimum}`] : []),
    ...(isBounded ? [`at most ${maximum}`] : []),
    ...(typeof maxLength === 'number' ? [`at most ${maxLength} characters`] : []),
    ...(fallback === undefined ? [] : [`default ${codeHtml(String(fallback))}`]),
  ]
}

function mediaRow([type, media]: readonly [string, MediaObject]): Row {
  return [codeHtml(type), `${schemaHtml(media.schema)}${examplesHtml(media)}`]
}

function answerRow([status, { description, headers, content = {} }]: readonly [string, ResponseObject]): Row {
  const isProblem = Number(status) >= 400
  const bodies = Object.entries(content).map(([type, media]) =>
    isProblem ? '' : ` ${codeHtml(type)} ${schemaHtml(media.schema)}${examplesHtml(media)}`,
  )
  const named = Object.keys(headers).filter((name) => !isCommon(name))
  const told = named.map((name): Row => [codeHtml(name), textHtml(headerText(name))])
  return [status, `${textHtml(description)}${bodies.join('')}${told.length === 0 ? '' : rowsHtml(told)}`]
}

const isCommon = (name: string): boolean => COMMON_HEADERS.some((common) => common === name)

const headerText = (name: string): string =>
  Object.entries(RESPONSE_HEADERS).find(([known]) => known === name)?.[1].description ?? ''

function schemaHtml({ $ref, items }: JsonSchema): string {
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? ''
    return `<a href="#schema-${name}">${name}</a>`
  }
  return typeof items === 'object' && items !== null ? `list of ${schemaHtml(items as JsonSchema)}` : ''
}

const examplesHtml = ({ example, examples = {} }: MediaObject): string =>
  (example === undefined ? '' : jsonHtml(example)) +
  Object.values(examples)
    .map(({ summary, value }) => `<p>${textHtml(summary)}:</p>${jsonHtml(value)}`)
    .join('')
