import {
  type Comparer,
  compareFiles,
  type Differences,
  type PlacedModel,
  summarise,
} from '../../services/compare/index.ts'
import { askThread } from './ask-thread.ts'

/** Bytes of tensors read for one comparison, of both sides: two models of 500 GB. */
const MAX_BYTES = 2 ** 40
/** Milliseconds after which no tensor more is begun. At a gigabyte a second, 600 GB. */
const TIME_MS = 10 * 60_000
/** Milliseconds that the tensor under way may take beyond. */
const GRACE_MS = 60_000

/** How comparisons are made. */
export interface CompareThreadOptions {
  /** The composition root of a thread: src/weights-worker.ts. */
  readonly workerUrl: URL
  readonly maxBytes?: number
  readonly timeMs?: number
  readonly graceMs?: number
}

/** Compares in a thread of its own; when that hangs or dies, what the manifests tell is told, and why there is no more. */
export function compareInThread(options: CompareThreadOptions): Comparer {
  const { workerUrl, maxBytes = MAX_BYTES, timeMs = TIME_MS, graceMs = GRACE_MS } = options
  return {
    compare: async (before, after, signal) => {
      const outcome = await askThread(
        { workerUrl, killAfterMs: timeMs + graceMs, signal },
        { kind: 'compare', before, after, maxBytes, timeMs },
      )
      return 'value' in outcome ? (outcome.value as Differences) : filesAlone(before, after, outcome.reason)
    },
  }
}

function filesAlone(before: PlacedModel, after: PlacedModel, reason: string): Differences {
  const found = {
    files: compareFiles(before.files, after.files),
    imports: { added: [], removed: [] },
    templates: [],
    texts: [],
    tensors: {
      same: 0,
      changed: [],
      cut: false,
      notCompared: [{ path: '*', reason: `nothing but names and digests was compared: ${reason}` }],
    },
  }
  const side = ({ digest, name }: PlacedModel) => ({ digest, name })
  return { before: side(before), after: side(after), summary: summarise(found), ...found }
}
