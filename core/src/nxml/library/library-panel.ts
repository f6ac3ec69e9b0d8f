/** A panel people can place without writing one. All but `source` repeats the attributes of its root element. */
export interface LibraryPanel {
  /** Slug of the definition; two panels made from it share it. */
  readonly id: string
  readonly title: string
  readonly description: string
  /** Short name of an icon, such as `sticky-note`. */
  readonly icon: string
  /** Short name of a colour, such as `amber`. */
  readonly accent: string
  readonly tags: readonly string[]
  /** Complete NXML text, valid. */
  readonly source: string
}
