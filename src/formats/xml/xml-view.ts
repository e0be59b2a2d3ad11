/** An attribute as it stands: prefix kept, character references resolved, entities of the document not. */
export interface XmlAttribute {
  readonly name: string
  readonly value: string
}

/** What the reader meets, in the order of the file; offsets are bytes. Text may come in several pieces. */
export type XmlEvent =
  | {
      readonly kind: 'open'
      readonly name: string
      readonly attributes: readonly XmlAttribute[]
      readonly offset: number
      /** 0 for the root. */
      readonly depth: number
    }
  | { readonly kind: 'close'; readonly name: string; readonly offset: number; readonly depth: number }
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }

/** An entity declared in the DOCTYPE. It is reported and never resolved. */
export interface XmlEntity {
  readonly name: string
  /** `%name;`, used inside the DOCTYPE itself. */
  readonly isParameter: boolean
  /** Its text, for an internal one. */
  readonly value: string | undefined
  /** File or URL that a resolving parser fetches, for an external one. */
  readonly systemId: string | undefined
  readonly offset: number
}

export interface XmlDoctype {
  readonly root: string
  readonly publicId: string | undefined
  /** File or URL of the external DTD. */
  readonly systemId: string | undefined
  readonly entities: readonly XmlEntity[]
  readonly offset: number
}

/** `<?target text?>`, the XML declaration left out. */
export interface XmlInstruction {
  readonly target: string
  readonly text: string
  readonly offset: number
}

/** An `xi:include`, or an `xsl:import`, `xsl:include`, `xs:import`: another document that a processor fetches. */
export interface XmlInclude {
  readonly element: string
  readonly href: string
  readonly offset: number
}

/** A script or an extension inside a style sheet, which some processors run. */
export interface XmlScript {
  readonly element: string
  readonly offset: number
}

/** `cut`: bytes are missing or a limit of ours was reached. `form`: not well-formed. `encoding`: the characters cannot be told. */
export interface XmlProblem {
  readonly kind: 'cut' | 'form' | 'encoding'
  readonly message: string
  readonly offset: number
}

/** What a whole document says, apart from the elements that went to the sink. */
export interface XmlView {
  readonly root: { readonly name: string; readonly attributes: readonly XmlAttribute[] } | undefined
  readonly encoding: string
  readonly doctype: XmlDoctype | undefined
  readonly instructions: readonly XmlInstruction[]
  readonly includes: readonly XmlInclude[]
  readonly scripts: readonly XmlScript[]
  /** Names of entities that text or attributes use, the five of XML left out. */
  readonly references: readonly string[]
  readonly elementCount: number
  readonly problems: readonly XmlProblem[]
  readonly readBytes: number
}
