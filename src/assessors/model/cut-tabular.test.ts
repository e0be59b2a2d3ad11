import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { MODEL_RULES } from './rules.ts'

const FAMILIES = /^(?:r|gguf|safetensors|npy|skops|msgpack|booster|xgboost|lightgbm|catboost|lua|pmml|java)\//
/** The first letters of a text say nothing of what it was to be. */
const LEAST_TEXT = 16
/** Cut before its trailer, the file is a whole one. */
const WHOLE_WITHOUT_TRAILER = new Set(['safetensors/malformed 1 at 10'])
/** Cuts of one example. Small ones are cut at every byte. */
const CUTS = 160

test.for(MODEL_RULES.filter(({ id }) => FAMILIES.test(id)).map((rule) => [rule.id, rule] as const))(
  'examples of %s that are cut anywhere do not look cleaner',
  { timeout: 120_000 },
  async ([, rule]) => {
    const cleaner: string[] = []
    for (const [i, { name, bytes }] of rule.examples.fires.entries()) {
      const whole = await assessFile(name, sourceOfBytes(bytes))
      if (whole.verdict === 'clean') continue
      const step = Math.max(1, Math.ceil(bytes.length / CUTS))
      const first = /\.(?:json|txt|java|pmml)$/.test(name) ? LEAST_TEXT : 1
      for (let end = first; end < bytes.length; end += step) {
        const cut = await assessFile(name, sourceOfBytes(bytes.subarray(0, end)))
        if (cut.verdict === 'clean' && !WHOLE_WITHOUT_TRAILER.has(`${rule.id} ${i} at ${end}`))
          cleaner.push(`example ${i} at ${end} of ${bytes.length}: ${JSON.stringify(cut.coverage)}`)
      }
    }
    expect(cleaner).toEqual([])
  },
)
