/** What may be odd about a container, a packed stream, or a file that is not what it seems. */
export type ContainerSightKind =
  | 'bomb'
  | 'nesting'
  | 'escape'
  | 'link'
  | 'device'
  | 'disagreement'
  | 'trailing'
  | 'polyglot'
  | 'executable'
  | 'carried'
  | 'disguised'
  | 'llamafile'
  | 'wrong-format'
  | 'digest'
  | 'start-file'
  | 'encrypted'
  | 'short-storage'

export interface ContainerSight {
  readonly kind: ContainerSightKind
  readonly message: string
  /** The member that it is about, when not the place itself. */
  readonly member?: string
  readonly offset?: number
}

/** A place as a thing among things: what it holds, what follows it, what it claims to be. */
export interface ContainerSubject {
  readonly kind: 'container'
  readonly sights: readonly ContainerSight[]
}
