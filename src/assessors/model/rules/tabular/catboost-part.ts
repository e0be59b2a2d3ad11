import type { Example, ModelRule } from '../../rule.ts'

/** Parts that CatBoost itself can read (catboost/libs/model). */
const PARTS = new Set([
  'static_provider_v1',
  'static_ctr_provider_v1',
  'static_ctr_provider_with_dynamic_ctrs_v1',
  'text_processing_collection_v1',
  'embedding_processing_collection_v1',
  'estimated_features_v1',
])

export const catboostPart: ModelRule = {
  id: 'catboost/odd-core',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model of CatBoost is not as its writer makes it',
  source: 'https://github.com/catboost/catboost/blob/master/catboost/libs/model/flatbuffers/model.fbs',
  taxonomy: ['CWE-20', 'CWE-129'],
  why: 'The reader follows offsets of the core, and asks a factory for each part that the model names. Wrong ones lead outside the file, or to code that the library does not have.',
  remedy: 'Do not load the model; export it again.',
  examples: {
    fires: [catboost(['evil_part_v1']), catboost([], 0x7fff_ffff)],
    silent: [catboost([]), catboost(['static_ctr_provider_v1'])],
  },
  check: (subject) => {
    if (subject.kind !== 'catboost') return []
    const { parts, problem } = subject.view
    return [
      ...parts
        .filter((part) => !PARTS.has(part))
        .slice(0, 10)
        .map((part) => ({ key: part, message: `the part ${JSON.stringify(part)} is not known` })),
      ...(problem?.kind === 'malformed' ? [{ key: 'core', message: problem.message }] : []),
    ]
  },
}

/** A model of a version and names of parts; `rootOffset` may lead astray. */
function catboost(parts: readonly string[], rootOffset?: number): Example {
  // A flatbuffer written from its start: root offset, vtable, table, then what the table refers to.
  const out: number[] = []
  const u32 = (value: number): number[] => [
    value & 255,
    (value >> 8) & 255,
    (value >> 16) & 255,
    (value >>> 24) & 255,
  ]
  const vtable = [12, 0, 12, 0, 4, 0, 0, 0, 0, 0, 8, 0]
  const table = 16
  out.push(...u32(rootOffset ?? table), ...vtable)
  const text = (value: string): number[] => {
    const bytes = [...Buffer.from(value), 0]
    while (bytes.length % 4 !== 0) bytes.push(0)
    return [...u32(value.length), ...bytes]
  }
  const version = text('FlabuffersModel_v1')
  const versionAt = table + 12
  const vectorAt = versionAt + version.length
  out.push(
    ...u32(table - 4),
    ...u32(versionAt - (table + 4)),
    ...u32(vectorAt - (table + 8)),
    ...version,
    ...u32(parts.length),
  )
  let at = vectorAt + 4 + 4 * parts.length
  const texts = parts.map(text)
  for (const [i, bytes] of texts.entries()) {
    out.push(...u32(at - (vectorAt + 4 + 4 * i)))
    at += bytes.length
  }
  out.push(...texts.flat())
  return { name: 'a.cbm', bytes: Uint8Array.from([...Buffer.from('CBM1'), ...u32(out.length), ...out]) }
}
