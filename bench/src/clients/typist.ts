import * as Y from 'yjs'

/** Somebody who types: each edit is one character behind the last one, in a text of their own. */
export class Typist {
  readonly clientId: number
  readonly #doc = new Y.Doc()
  readonly #text = new Y.Text()
  #update: Uint8Array = new Uint8Array()

  /** @param key - Of the text in the document's state; nobody else's. */
  constructor(key: string) {
    this.clientId = this.#doc.clientID
    this.#doc.on('update', (update: Uint8Array) => {
      this.#update = update
    })
    this.#doc.getMap('state').set(key, this.#text)
  }

  /** The update that brings the text into the document; to be sent first. */
  readonly beginning = (): Uint8Array => Y.encodeStateAsUpdate(this.#doc)

  /** Types one character. */
  type(): { readonly update: Uint8Array; readonly clock: number } {
    const clock = Y.getState(this.#doc.store, this.clientId)
    this.#text.insert(this.#text.length, String.fromCharCode(97 + (clock % 26)))
    return { update: this.#update, clock }
  }
}
