import { SallyportError } from '../../ground/lang/index.ts'
import type { Conversion, Converter } from '../../services/convert/index.ts'
import { askThread } from './ask-thread.ts'

/** Milliseconds for one model. At a tenth of a gigabyte a second, 360 GB. */
const TIME_MS = 60 * 60_000

/** Converts in a thread of its own. A thread that hangs or dies has converted nothing. */
export function convertInThread(options: { readonly workerUrl: URL; readonly timeMs?: number }): Converter {
  const { workerUrl, timeMs = TIME_MS } = options
  return {
    convert: async ({ files }, request, folder) => {
      const outcome = await askThread(
        { workerUrl, killAfterMs: timeMs },
        { kind: 'convert', files, request, ...(folder === undefined ? {} : { folder }) },
      )
      if ('value' in outcome) return outcome.value as Conversion
      throw new SallyportError('BAD_INPUT', `it cannot be converted: ${outcome.reason}`)
    },
  }
}
