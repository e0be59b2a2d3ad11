import type { ByteSource } from '../../ground/lang/index.ts'
import type { ConvertedFile, ConvertRequest } from './convert-port.ts'

/** A file of a model that may be converted. */
export interface SourceFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
}

/** A model that may be converted, with a way to its files. */
export interface SourceModel {
  readonly files: readonly SourceFile[]
  /** Opens a file for as long as `use` takes. @throws SallyportError `NOT_FOUND`, `STORE_FAILED` */
  readonly withFile: <T>(name: string, use: (source: ByteSource) => Promise<T>) => Promise<T>
}

/** Where new files are written. */
export interface NewFiles {
  /** Writes a new file durably. @throws SallyportError `STORE_FAILED`, also when it is there already */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  /** Opens one that was written, to look whether it is what it should be. */
  read<T>(name: string, use: (source: ByteSource) => Promise<T>): Promise<T>
}

/** What a conversion came to. */
export interface Conversion {
  readonly files: readonly ConvertedFile[]
  /** Names of new files that hold no tensors: the index of shards. */
  readonly indexes: readonly string[]
  /** Files of the old model that stay as they are. */
  readonly kept: readonly string[]
}

/** A model whose files lie on a disk of this machine. */
export interface PlacedSource {
  readonly files: readonly (SourceFile & { readonly path: string })[]
}

/** Converts where a parser that hangs can be killed. */
export interface Converter {
  /**
   * Writes the new files into a folder that is there and empty; without one it only says what would be written.
   * @throws SallyportError `BAD_INPUT` for weights that are more than tensors, or that could not be read to their end
   */
  convert(model: PlacedSource, request: ConvertRequest, folder?: string): Promise<Conversion>
}
