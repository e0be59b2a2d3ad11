/** What a part of a text for readers or agents does, when no guide to a model needs it. */
export type DocumentDeed =
  /** Orders that stand where people do not see them. */
  | 'hidden-order'
  /** Characters that show nothing, and that models read as words. */
  | 'invisible'
  /** Orders to an agent against the one it works for. */
  | 'agent-order'
  /** A command to copy that attacks the machine of the reader. */
  | 'attack-command'
  /** Parts of a page that act on the reader of it. */
  | 'page-theft'

export interface DocumentPart {
  readonly deed: DocumentDeed
  readonly why: string
  readonly text: string
  /** Characters from the start. */
  readonly at: number
}

/** A text that people read and copy from, or that agents take as their orders: model cards, guides, AGENTS.md. */
export interface DocumentSubject {
  readonly kind: 'document'
  readonly name: string
  readonly parts: readonly DocumentPart[]
}
