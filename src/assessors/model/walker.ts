import type { Place, Walk } from './walk-report.ts'

/** What is known of a place before anything is parsed. */
export interface FirstSight {
  /** The first bytes, {@link HEAD_BYTES} at most. */
  readonly head: Uint8Array
  /** Name of the innermost member, or of the file. */
  readonly name: string
  readonly sizeBytes: number
}

/** Bytes read to recognise a format. HDF5 may begin at 512, tar has its magic at 257, ISO images are no models. */
export const HEAD_BYTES = 4096

/** Goes into something inside a place, under the same budget. */
export type Enter = (inner: Place) => Promise<void>

/** How one format is recognised and judged. A new format is one file in walkers/ and one line in walkers.ts. */
export interface FormatWalker {
  /** As it stands in coverage. */
  readonly format: string
  /** A cheap look; a yes only means that `walk` is tried. */
  readonly recognizes: (sight: FirstSight) => boolean
  /** Judges the place: coverage for it and for all inside it, findings by rules. False when it is another format after all; then nothing was noted. */
  readonly walk: (walk: Walk, place: Place, enter: Enter) => Promise<boolean>
}
