import type { ByteSource } from '../../ground/lang/index.ts'

/** What one header, local or central, says of a member. */
export interface ZipHeader {
  /** The name as text; bytes that are not UTF-8 are read as latin-1. */
  readonly name: string
  /** Another name, from the Unicode Path extra field, which some readers take instead. */
  readonly unicodeName?: string
  readonly flags: number
  readonly method: number
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
}

/** One member: its central entry, its local header where it can be read, and where its data stand. */
export interface ZipMember extends ZipHeader {
  readonly local?: ZipHeader
  readonly localOffset: number
  /** Offset of the data in the archive; undefined when the local header cannot be read. */
  readonly dataOffset?: number
  /** Unix mode from the external attributes, 0 when written elsewhere. */
  readonly mode: number
  /** Found only by its local header, in a place that the central directory does not mention. */
  readonly isHidden: boolean
}

/** Something in an archive that two readers could read in two ways, or that is plainly broken. No judgement is made. */
export interface ZipAnomaly {
  readonly kind:
    | 'name-differs'
    | 'size-differs'
    | 'method-differs'
    | 'flags-differ'
    | 'crc-differs'
    | 'duplicate-name'
    | 'escaping-name'
    | 'symlink'
    | 'encrypted'
    | 'overlap'
    | 'hidden-member'
    | 'gap'
    | 'prefix'
    | 'trailer'
    | 'several-directories'
    | 'no-local-header'
    | 'directory-broken'
    | 'too-many-members'
    | 'data-crc'
    | 'false-encryption'
  readonly message: string
  readonly member?: string
  readonly offset: number
}

/** An archive: its members in the order of the central directory, hidden ones last, and all that is odd about it. */
export interface ZipView {
  readonly source: ByteSource
  readonly members: readonly ZipMember[]
  readonly anomalies: readonly ZipAnomaly[]
  /** Bytes read to make this view. */
  readonly readBytes: number
  /** False when the directory could not be read to its end. */
  readonly isComplete: boolean
}
