import { sourceOfBytes } from '../../ground/lang/index.ts'
import { walkNested } from './walk-pickle.ts'
import type { Place, Walk } from './walk-report.ts'
import type { Enter } from './walker.ts'

/** Runs of one text that are decoded. Whoever keeps models in a text keeps a few. */
const MAX_RUNS = 20
/** Characters of one run that are decoded; a model of some megabytes begins like any other. */
const MAX_RUN = 16 * 1024 * 1024

/**
 * How a pickle of protocol 2 to 5 begins in base64 (`gA`, the protocol, an opcode) and in hexadecimal digits, long enough to hold
 * an import and a call. One character class each: the time is in proportion to the text.
 */
const ENCODED: readonly (readonly [RegExp, 'base64' | 'hex'])[] = [
  [/(?<![A-Za-z0-9+/_-])gA[IJKLMNOPQRSTUVWX][A-Za-z0-9+/_-]{24,}/g, 'base64'],
  [/(?<![0-9A-Fa-f])80 ?0[2-5](?:[0-9A-Fa-f]{2}){20,}/gi, 'hex'],
]

/** Judges pickles that stand in a text as base64 or hexadecimal digits, where they would act once somebody loads them. */
export async function walkEncoded(walk: Walk, place: Place, text: string, enter: Enter): Promise<void> {
  for (const [pattern, encoding] of ENCODED) {
    let left = MAX_RUNS
    for (const { 0: run, index } of text.matchAll(pattern)) {
      if (left-- <= 0) break
      const source = sourceOfBytes(Buffer.from(run.slice(0, MAX_RUN), encoding))
      const members = [...place.members, `${encoding}[${index}]`]
      await walkNested(walk, { source, members, depth: place.depth + 1 }, enter)
    }
  }
}
