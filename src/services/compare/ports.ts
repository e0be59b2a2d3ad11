import type { ByteSource } from '../../ground/lang/index.ts'
import type { ComparedSide, Differences } from './compare-port.ts'

/** A file of a model that is compared. */
export interface ComparedFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
}

/** A model that is compared, with a way to its files. */
export interface ComparedModel extends ComparedSide {
  readonly files: readonly ComparedFile[]
  /** Opens a file for as long as `use` takes. @throws SallyportError `NOT_FOUND`, `STORE_FAILED` */
  readonly withFile: <T>(name: string, use: (source: ByteSource) => Promise<T>) => Promise<T>
}

/** A model whose files lie on a disk of this machine. */
export interface PlacedModel extends ComparedSide {
  readonly files: readonly (ComparedFile & { readonly path: string })[]
}

/** Compares where a parser that hangs can be killed; what was not compared for that says so in the answer. */
export interface Comparer {
  /** @throws SallyportError `ABORTED` */
  compare(before: PlacedModel, after: PlacedModel, signal?: AbortSignal): Promise<Differences>
}
