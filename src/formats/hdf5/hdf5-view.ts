/** A text, or bytes that may be one, found in an attribute or a small dataset. */
export interface Hdf5Value {
  /** `text`: strings of fixed or variable length; `bytes`: anything else that was small enough to keep. */
  readonly kind: 'text' | 'bytes'
  /** One part an element; a scalar has one. Trailing padding of fixed strings is taken off. */
  readonly parts: readonly Uint8Array[]
  /** More elements, or longer ones, than are kept. */
  readonly isCut: boolean
}

export interface Hdf5Attribute {
  readonly name: string
  /** Undefined when its type holds no text, or when it could not be read (a problem says so). */
  readonly value: Hdf5Value | undefined
  /** Of the message that holds it; 0 when it stands in a heap. */
  readonly offset: number
}

/** Where the elements of a dataset stand. */
export type Hdf5Layout = 'compact' | 'contiguous' | 'chunked' | 'virtual' | 'unknown'

/** A file outside, of which a dataset reads a piece as its elements (HDF5 specification IV.A.2.h). */
export interface Hdf5ExternalFile {
  readonly name: string
  readonly offset: number
}

export interface Hdf5Dataset {
  readonly layout: Hdf5Layout
  readonly shape: readonly number[]
  /** Bytes of one element. */
  readonly elementBytes: number
  /** Where the elements begin in the file, when they are stored there as they are. */
  readonly startOffset: number | undefined
  /** Bytes stored in this file, or undefined when they were not counted. */
  readonly storedBytes: number | undefined
  readonly externalFiles: readonly Hdf5ExternalFile[]
  /** Files and datasets that a virtual dataset is put together from; `.` is the file itself. */
  readonly virtualSources: readonly string[]
  /** Filter ids: 1 deflate, 2 shuffle, 3 fletcher32, 4 szip, 5 nbit, 6 scale-offset; 256 and more are plug-ins. */
  readonly filters: readonly number[]
  /** Elements, for small datasets of strings. */
  readonly value: Hdf5Value | undefined
}

/** A group, a dataset, or a named type, by the first path that leads to it. */
export interface Hdf5Object {
  readonly path: string
  readonly offset: number
  readonly attributes: readonly Hdf5Attribute[]
  readonly dataset: Hdf5Dataset | undefined
}

/** A link that is not hard: it names its target. */
export interface Hdf5Link {
  readonly kind: 'soft' | 'external' | 'user'
  readonly path: string
  /** Path in the file for soft links, file name for external ones. */
  readonly target: string
  /** Path in the other file, for external links. */
  readonly targetPath?: string
}

/** `cut`: bytes are missing; `broken`: the structure is not as the format demands; `unread`: a part that we do not read, or a limit of ours. */
export interface Hdf5Problem {
  readonly kind: 'cut' | 'broken' | 'unread'
  readonly message: string
  readonly offset: number
}

/** What stands in an HDF5 file, without the numbers. */
export interface Hdf5View {
  readonly superblock: number
  /** Where the file begins; more than 0 behind a user block. */
  readonly baseOffset: number
  /** First byte after the file, by the superblock; undefined behind a user block, where writers differ in what they count from. */
  readonly endOffset: number | undefined
  readonly objects: readonly Hdf5Object[]
  readonly links: readonly Hdf5Link[]
  /** The driver that spreads the file over several, such as `NCSAfami`. */
  readonly driver: string | undefined
  readonly problems: readonly Hdf5Problem[]
  readonly readBytes: number
}
