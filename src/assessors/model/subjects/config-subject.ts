/** What a part of a configuration does. */
export type ConfigDeed =
  /** Names a function that acts: loading by this configuration runs it. */
  | 'active-callee'
  /** Names a class or function that is not known. */
  | 'unknown-callee'
  /** Has the loader search other places for configurations or code. */
  | 'search-path'
  /** Puts a credential of the machine into an address. */
  | 'told-setting'
  /** Has the loader evaluate a text. */
  | 'evaluation'
  /** A YAML tag makes a Python object: of an active function, or of an unknown one. */
  | 'active-tag'
  | 'unknown-tag'
  /** Grows beyond every bound when it is loaded. */
  | 'bomb'
  /** Readers take different values. */
  | 'duplicate'
  /** A handler of an archive is not in it. */
  | 'foreign-handler'
  /** A server takes code from outside of the model. */
  | 'served-code'
  /** A layer of an artifact is written outside of its folder. */
  | 'escaping-layer'
  /** A tokenizer replaces words. */
  | 'rewrite'
  /** Two tokens in one place, or one in two. */
  | 'shadowed-token'

export interface ConfigPart {
  readonly deed: ConfigDeed
  /** Where it stands: keys from the root. */
  readonly path: string
  readonly why: string
  /** The name or the call, as it would be made. */
  readonly text: string
  readonly at?: number
}

/** A configuration: a JSON or YAML file, or a text of metadata. */
export interface ConfigSubject {
  readonly kind: 'config'
  readonly name: string
  readonly parts: readonly ConfigPart[]
}
