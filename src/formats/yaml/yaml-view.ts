/** A value with a tag of its own. */
export interface YamlTag {
  /** As it is resolved: `tag:yaml.org,2002:python/name:os.system`, `!new:a.B`. */
  readonly tag: string
  /** The line on which the value begins, as it stands. */
  readonly line: string
  /** Characters from the start. */
  readonly at: number
}

/** What is wrong with a YAML text. `aliases`: it would grow beyond every bound. `limit`: a bound of ours. */
export interface YamlProblem {
  readonly kind: 'syntax' | 'duplicate' | 'aliases' | 'limit'
  readonly message: string
  readonly at: number
}

/** A YAML text, all documents of it. Values are plain; tags are apart. */
export interface YamlView {
  readonly documents: readonly unknown[]
  readonly tags: readonly YamlTag[]
  readonly problems: readonly YamlProblem[]
}
