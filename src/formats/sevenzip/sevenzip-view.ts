import type { ByteSource, Unpacking } from '../../ground/lang/index.ts'

/** One step of packing, by its id in hex as 7-Zip's Methods.txt has it: `00` copy, `030101` LZMA, `21` LZMA2. */
export interface SevenZipCoder {
  readonly id: string
  readonly properties: Uint8Array
  /** Bytes that come out of it. */
  readonly sizeBytes: number
}

/** A packed stream, with the steps that unpack it, first the one that reads the file. */
export interface SevenZipFolder {
  readonly packedOffset: number
  readonly packedBytes: number
  /** Undefined when the steps form no simple chain (BCJ2 has four inputs). */
  readonly coders: readonly SevenZipCoder[] | undefined
  readonly sizeBytes: number
}

export interface SevenZipEntry {
  readonly name: string
  readonly sizeBytes: number
  /** Which folder, and from which byte of it; undefined for folders and empty files. */
  readonly folder: number | undefined
  readonly offset: number
  /** Windows attributes; with 0x8000 set the upper half is a Unix mode. */
  readonly attributes: number
  readonly isAnti: boolean
}

export interface SevenZipView {
  readonly entries: readonly SevenZipEntry[]
  readonly folders: readonly SevenZipFolder[]
  readonly problems: readonly {
    readonly kind: 'cut' | 'broken' | 'encrypted' | 'method'
    readonly message: string
  }[]
  readonly readBytes: number
  /** First byte after the archive. */
  readonly endOffset: number
}

/** Unpacks a folder; undefined when a step is not understood. Given from outside: formats do not know each other. */
export type UnpackFolder = (source: ByteSource, folder: SevenZipFolder) => (() => Unpacking) | undefined
