/** How unpacking ended. */
export interface UnpackEnd {
  /** First byte of the source that does not belong to the packed stream. */
  readonly endOffset: number
  /** Why it ended before its end; what came out before stays. */
  readonly problem?: string
  /** A name that the stream carries for its content (gzip). */
  readonly name?: string
}

/** A packed stream being unpacked: pieces in order, then how it ended. */
export type Unpacking = AsyncGenerator<Uint8Array, UnpackEnd, void>
