import type { ByteSource } from '../../ground/lang/index.ts'

export type TarKind = 'file' | 'hard-link' | 'symlink' | 'device' | 'pipe' | 'folder' | 'sparse' | 'unknown'

/** One entry of a tar, as GNU tar and Python's tarfile read it: long names and PAX records are applied. */
export interface TarEntry {
  readonly name: string
  readonly kind: TarKind
  /** Where a link leads; empty for others. */
  readonly link: string
  readonly sizeBytes: number
  readonly dataOffset: number
  readonly headerOffset: number
  /** The name in the plain header, when long names or PAX records gave another one. */
  readonly plainName: string
  /** It stands behind the end mark, where only some readers go. */
  readonly isHidden: boolean
}

/** Something in a tar that two readers could take in two ways, or that is plainly broken. No judgement is made. */
export interface TarProblem {
  readonly kind: 'cut' | 'checksum' | 'disagreement' | 'too-many'
  readonly message: string
  readonly offset: number
  readonly member?: string
}

export interface TarView {
  readonly source: ByteSource
  readonly entries: readonly TarEntry[]
  readonly problems: readonly TarProblem[]
  readonly readBytes: number
  /** First byte after the archive with its end mark and padding. */
  readonly endOffset: number
}
