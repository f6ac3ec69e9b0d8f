/** Where access tokens come from. */
export interface TokenSource {
  /** One that is good for at least a request. */
  current(): Promise<string>
  /** Another one than `refused`, which the server has just refused; the same one when there is no other. */
  replace(refused: string): Promise<string>
}

/** A token, something that gives one each time it is asked, or a source. */
export type Token = string | (() => string | Promise<string>) | TokenSource

export function toTokenSource(token: Token): TokenSource {
  if (typeof token === 'object') return token
  const current = async (): Promise<string> => (typeof token === 'string' ? token : token())
  return { current, replace: current }
}
