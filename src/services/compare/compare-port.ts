import type { Digest } from '../../ground/domain/index.ts'
import type { LineChange } from '../../ground/lang/index.ts'

/** A file that is not what it was. */
export interface FileChange {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed' | 'renamed'
  readonly sizeBefore?: number
  readonly sizeAfter?: number
  readonly sha256Before?: string
  readonly sha256After?: string
  /** Of a renamed file: the same bytes under another name. */
  readonly pathBefore?: string
}

/** A text that is not what it was. */
export interface TextChange {
  readonly path: string
  readonly lines: readonly LineChange[]
  /** There is more than is shown. */
  readonly cut: boolean
}

/** A tensor whose values, type or shape are not what they were. */
export interface TensorChange {
  readonly name: string
  /** The file that holds it; that of before for a removed one. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'values' | 'shape' | 'type'
  readonly dtypeBefore?: string
  readonly dtypeAfter?: string
  readonly shapeBefore?: readonly number[]
  readonly shapeAfter?: readonly number[]
  /** L2 norm of the difference over that of what was there; absent when they cannot be subtracted. */
  readonly relative?: number
  readonly maxAbs?: number
  /** Share of elements that differ at all, 0 to 1. */
  readonly changedShare?: number
}

/** Something whose weights were not compared, and why. */
export interface NotCompared {
  readonly path: string
  readonly reason: string
}

/** What became of the tensors. */
export interface TensorDifferences {
  /** Tensors that are bit for bit what they were. */
  readonly same: number
  readonly changed: readonly TensorChange[]
  /** There are more than are listed. */
  readonly cut: boolean
  readonly notCompared: readonly NotCompared[]
}

/** A side of a comparison. */
export interface ComparedSide {
  readonly digest: Digest
  readonly name: string
}

/** What differs between two models. */
export interface Differences {
  readonly before: ComparedSide
  readonly after: ComparedSide
  /** One sentence for a person. */
  readonly summary: string
  readonly files: readonly FileChange[]
  /** What loading imports or calls that it did not before, and the other way round. */
  readonly imports: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Chat templates and other prompts. */
  readonly templates: readonly TextChange[]
  /** Settings files, cards and code. */
  readonly texts: readonly TextChange[]
  readonly licence?: { readonly before?: string; readonly after?: string }
  readonly tensors: TensorDifferences
}

/** Compares models that are here. */
export interface ModelComparison {
  /** @throws SallyportError `NOT_FOUND` for a model that is not here, `RATE_LIMITED` when too many wait */
  between(before: Digest, after: Digest): Promise<Differences>
}
