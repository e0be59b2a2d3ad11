/** One file of a repository, by its name in it. */
export interface RepositoryFile {
  readonly name: string
  readonly sizeBytes: number
}

/** A directory or hub repository as a loader sees it: names, and the texts that say what is loaded how. */
export interface RepositorySubject {
  readonly kind: 'repository'
  readonly files: readonly RepositoryFile[]
  /** Texts of configuration that were read, by name. */
  readonly texts: ReadonlyMap<string, string>
}
