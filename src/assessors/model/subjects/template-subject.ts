/** What a part of a template does, when no chat template needs it. */
export type TemplateDeed =
  /** Leaves the sandbox, or would where there is none. */
  | 'escape'
  /** Reads a name that cannot be known before it runs, or goes through internals of Jinja. */
  | 'hidden-name'
  /** Takes in another template. */
  | 'inclusion'
  /** Computes without end, or nearly so. */
  | 'endless'
  /** Writes a link, a script or a command when somebody says certain words. */
  | 'armed-trigger'
  /** Writes other text when somebody says certain words, or from a date on. */
  | 'trigger'
  /** Tells the model to work against its user. */
  | 'instruction'
  /** Holds text that people do not see. */
  | 'invisible'
  /** Cannot be parsed, and holds names that lead to code. */
  | 'unreadable'

export interface TemplatePart {
  readonly deed: TemplateDeed
  readonly why: string
  /** The part itself, as it stands or as it comes out. */
  readonly text: string
  /** Characters from the start of the template. */
  readonly at: number
}

/** A template that a loader would render. */
export interface TemplateSubject {
  readonly kind: 'template'
  /** Its key of metadata, or where it stands in its file. */
  readonly name: string
  /** Place of the template in the file, in bytes, where it is known. */
  readonly offset: number | undefined
  readonly parts: readonly TemplatePart[]
}
