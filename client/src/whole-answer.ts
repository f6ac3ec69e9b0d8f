/** Statuses whose answers have no body, not even an empty one. */
const WITHOUT_BODY = new Set([101, 204, 205, 304])

/**
 * The same answer with its body at hand, so that reading it cannot fail any more.
 *
 * @param heard Is called when the answer begins and for each part of it.
 * @throws Whatever breaks the body off.
 */
export async function readWhole(response: Response, heard: () => void): Promise<Response> {
  heard()
  const { status, statusText, headers, body } = response
  if (body === null || WITHOUT_BODY.has(status)) return response
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    heard()
    parts.push(part.value)
  }
  return new Response(new Blob(parts), { status, statusText, headers })
}
