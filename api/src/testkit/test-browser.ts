/** What a browser does with cookies and redirects. Hosts that differ by their port alone share cookies, as they do there. */
export class TestBrowser {
  readonly #cookies = new Map<string, string>()
  readonly #userAgent = 'Test browser'

  /** One request. */
  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'user-agent': this.#userAgent,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    return response
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  /**
   * Goes where it is sent, until a page is shown, or `isEnd` says of an address that it is not to be opened.
   *
   * @returns The last address.
   */
  async follow(
    from: string,
    isEnd: (url: string) => boolean,
    form?: Readonly<Record<string, string>>,
  ): Promise<string> {
    let [url, body] = [from, form]
    for (let steps = 0; steps < 20; steps += 1) {
      if (isEnd(url)) return url
      const response = await this.open(url, body)
      const location = response.headers.get('location')
      if (location === null) return url
      url = new URL(location, url).href
      body = undefined
    }
    throw new Error('It goes round in circles.')
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    const isOver = attributes.some((text) => /^ *(max-age=0|expires=thu, 01 jan 1970)/i.test(text))
    if (isOver) this.#cookies.delete(name)
    else this.#cookies.set(name, pair.slice(name.length + 1))
  }
}
