import type { ByteSource } from '../../ground/lang/index.ts'

/** Bytes of a model that are read. A thousand trees of 255 leaves have some 30 MB. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024
const MAX_PROBLEMS = 20
/** Characters of a line that is looked at as words. */
const MAX_WORD_CHARS = 1024 * 1024

/** A fault of a tree: numbers that lead a predictor outside its arrays. */
export interface LightgbmProblem {
  readonly message: string
}

/** A model of LightGBM in its text form (src/boosting/gbdt_model_text.cpp). */
export interface LightgbmView {
  readonly version: string | undefined
  readonly objective: string | undefined
  readonly treeCount: number
  /** Parameters that name files, as they were at training. */
  readonly paths: readonly string[]
  /** Lines that are no trees: names of features, parameters, categories of pandas. */
  readonly words: readonly (readonly [string, string])[]
  readonly problems: readonly LightgbmProblem[]
  readonly readBytes: number
  /** Why not all was understood. */
  readonly reason: string | undefined
}

const FIRST_LETTERS = [...'tgdr'].map((letter) => letter.charCodeAt(0))

/** Whether bytes begin as a model of LightGBM does: the kind of booster, then the version. */
export function looksLikeLightgbm(head: Uint8Array): boolean {
  // Every file is asked: most are known by their first letter not to be one.
  if (!FIRST_LETTERS.includes(head[0] ?? 0)) return false
  return /^(?:tree|gbdt|dart|goss|rf)\r?\nversion=v\d/.test(
    Buffer.from(head.subarray(0, 64)).toString('latin1'),
  )
}

/**
 * Reads a model of LightGBM and checks that its trees hold together.
 * @throws SallyportError what the source throws
 */
export async function readLightgbm(source: ByteSource, signal?: AbortSignal): Promise<LightgbmView> {
  const bytes = await source.read(0, MAX_TEXT_BYTES, signal)
  const text = Buffer.from(bytes).toString('latin1')
  const problems: LightgbmProblem[] = []
  const blocks = text.split(/\r?\n\r?\n+/)
  const header = fieldsOf(blocks[0] ?? '')
  const features = Number(header.get('max_feature_idx') ?? Number.NaN) + 1
  let treeCount = 0
  for (const block of blocks) {
    if (!block.startsWith('Tree=')) continue
    treeCount++
    const message = treeFault(fieldsOf(block), features)
    if (message !== undefined && problems.length < MAX_PROBLEMS)
      problems.push({ message: `tree ${treeCount - 1}: ${message}` })
  }
  const isCut = source.size > bytes.length
  const hasEnd = /(?:^|\n)end of trees/.test(text)
  return {
    version: header.get('version'),
    objective: header.get('objective'),
    treeCount,
    paths: pathsOf(text),
    words: wordsOf(header, text),
    problems,
    readBytes: bytes.length,
    reason: isCut
      ? `only the first ${MAX_TEXT_BYTES} bytes of the model were read`
      : hasEnd
        ? undefined
        : 'the model ends before the end of its trees',
  }
}

function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trimEnd())
  }
  return fields
}

function numbersOf(text: string | undefined): number[] {
  return text === undefined || text === '' ? [] : text.split(' ').map(Number)
}

/** In a tree every inner node but the root has one parent; where that does not hold, predictors go round for ever. */
function sharedNode(fields: ReadonlyMap<string, string>): string | undefined {
  const met = new Set([0])
  for (const child of [...numbersOf(fields.get('left_child')), ...numbersOf(fields.get('right_child'))]) {
    if (child < 0) continue
    if (met.has(child)) return `node ${child} is met again: the tree leads back into itself`
    met.add(child)
  }
  return undefined
}

function treeFault(fields: ReadonlyMap<string, string>, features: number): string | undefined {
  const leaves = Number(fields.get('num_leaves') ?? Number.NaN)
  if (!Number.isInteger(leaves) || leaves < 1)
    return `it has ${fields.get('num_leaves') ?? 'no number of'} leaves`
  if (leaves === 1) return undefined
  const inner = leaves - 1
  for (const [name, count] of [
    ['split_feature', inner],
    ['threshold', inner],
    ['left_child', inner],
    ['right_child', inner],
    ['leaf_value', leaves],
  ] as const) {
    const found = numbersOf(fields.get(name)).length
    if (found !== count) return `${name} has ${found} numbers, ${count} are needed`
  }
  const isInside = (child: number): boolean => Number.isInteger(child) && child < inner && child >= -leaves
  const child = [...numbersOf(fields.get('left_child')), ...numbersOf(fields.get('right_child'))].find(
    (n) => !isInside(n),
  )
  if (child !== undefined) return `a node leads to ${child}, outside the tree`
  const twice = sharedNode(fields)
  if (twice !== undefined) return twice
  const split = numbersOf(fields.get('split_feature')).find((n) => n < 0 || n >= features)
  if (split !== undefined) return `a node splits on feature ${split} of ${features}`
  return categoryFault(fields)
}

/** Boundaries of categories rise, and end at the number of thresholds. */
function categoryFault(fields: ReadonlyMap<string, string>): string | undefined {
  const count = Number(fields.get('num_cat') ?? 0)
  if (count === 0) return undefined
  const boundaries = numbersOf(fields.get('cat_boundaries'))
  const thresholds = numbersOf(fields.get('cat_threshold'))
  if (boundaries.length !== count + 1)
    return `cat_boundaries has ${boundaries.length} numbers, ${count + 1} are needed`
  const isRising = boundaries.every((bound, i) => bound >= (boundaries[i - 1] ?? 0))
  return isRising && (boundaries.at(-1) ?? 0) <= thresholds.length
    ? undefined
    : 'cat_boundaries lead outside cat_threshold'
}

/** Everything but the trees: the header, and what follows their end. */
function wordsOf(header: ReadonlyMap<string, string>, text: string): readonly (readonly [string, string])[] {
  const end = text.lastIndexOf('\nend of trees')
  const lines = end < 0 ? [] : text.slice(end).split('\n')
  const after = lines.map((line) => [/^\[?(\w{1,100})/.exec(line)?.[1] ?? '', line] as const)
  return [...header, ...after].filter(([, words]) => words.length <= MAX_WORD_CHARS)
}

/** Lines of the parameters that name a file: `[machine_list_filename: x]`. */
function pathsOf(text: string): string[] {
  const start = text.lastIndexOf('\nparameters:')
  if (start < 0) return []
  const lines = text.slice(start, start + 64 * 1024).split('\n')
  return lines
    .filter((line) =>
      /^\[(?:machine_list_filename|machine_list_file|input_model|output_model|output_result|initscore_filename|valid|data|forcedsplits_filename|forcedbins_filename|parser_config_file): [^\]]+\]/.test(
        line,
      ),
    )
    .slice(0, 20)
}
