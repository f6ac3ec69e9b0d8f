import type { CustomFetch } from 'openid-client'

/** What a provider says about itself, its keys and somebody is a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000

/** Like `fetch`, but an answer that goes on beyond what anybody has to say breaks off with an error. */
export const boundedFetch: CustomFetch = async (url, { body, ...init }) => {
  const response = await fetch(url, { ...init, ...(body === undefined ? {} : { body }) } as RequestInit)
  if (response.body === null) return response
  let count = 0
  const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      count += chunk.byteLength
      if (count > MAX_ANSWER_BYTES)
        controller.error(new TypeError('The answer of the provider is too large.'))
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}
