import type { Differences } from '../../../services/compare/index.ts'
import type { ConvertedFile, ConvertRequest } from '../../../services/convert/index.ts'

/** Weights that were converted into a new folder. */
export interface ConvertedFolder {
  /** Absolute. */
  readonly folder: string
  readonly files: readonly ConvertedFile[]
  /** Files that stand beside them: copies, and the index of shards. */
  readonly others: readonly string[]
}

/** What the command line asks about weights of files and folders; those of models are asked of a home. */
export interface WeightsDoor {
  /** @throws SallyportError `BAD_INPUT`, `NOT_FOUND` */
  differences(before: string, after: string): Promise<Differences>
  /** Converts into a new folder. @throws SallyportError `BAD_INPUT` for weights that are more than tensors, or a folder that is there */
  convert(path: string, request: ConvertRequest, out: string): Promise<ConvertedFolder>
}
