import type { GgufProblem, GgufTensor, GgufView } from './gguf-view.ts'

/** Items of a block and its bytes, by type of tensor (ggml.h, GGML_QUANT_SIZES of gguf-py). Types that are not here have no known size. */
const BLOCKS: Readonly<Record<number, readonly [items: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
  40: [64, 36],
}

/** Types beyond this are none of ggml or of its forks: loaders without a check read beyond their table with it. */
const MAX_TYPE = 1024
/** Bytes of a name; ggml has 64, forks have up to 128. */
const MAX_NAME_BYTES = 128
/** The default of `general.alignment`. */
const STANDARD_ALIGNMENT = 32
const MAX_PROBLEMS = 100

type Complain = (kind: GgufProblem['kind'], message: string) => void

/**
 * Notes where tensors and vocabulary do not fit each other or the file (the checks of gguf_init in ggml, and what it forgot once).
 * Gives the first byte after the last tensor; undefined when a size is not known.
 */
export function checkLayout(view: GgufView, sizeBytes: number, problems: GgufProblem[]): number | undefined {
  const complain: Complain = (kind, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ kind, message, offset: view.headerBytes })
  }
  checkVocabulary(view, complain)
  const alignment = alignmentOf(view)
  if (alignment <= 0 || !Number.isInteger(Math.log2(alignment))) {
    complain('header', `the alignment ${alignment} is not a power of two`)
    return undefined
  }
  const start = dataOffsetOf(view)
  const names = new Set<string>()
  for (const tensor of view.tensors) {
    const shown = JSON.stringify(tensor.name.slice(0, 80))
    if (names.has(tensor.name)) complain('header', `the tensor ${shown} stands twice`)
    names.add(tensor.name)
    if (tensor.offset % alignment !== 0) complain('layout', `the tensor ${shown} is not aligned`)
    checkTensor(tensor, sizeBytes - start, complain)
  }
  const end = checkOverlap(view.tensors, complain)
  if (view.tensors.some((tensor) => bytesOf(tensor) === undefined)) return undefined
  return view.tensors.length === 0 ? view.headerBytes : start + end
}

function alignmentOf({ metadata }: Pick<GgufView, 'metadata'>): number {
  const stated = metadata.get('general.alignment')
  return typeof stated === 'number' ? stated : STANDARD_ALIGNMENT
}

/** Where the data begin, from which the offsets of tensors count. */
export function dataOffsetOf(view: Pick<GgufView, 'metadata' | 'headerBytes'>): number {
  const alignment = alignmentOf(view)
  return Math.ceil(view.headerBytes / alignment) * alignment
}

function checkTensor(tensor: GgufTensor, dataBytes: number, complain: Complain): void {
  const shown = JSON.stringify(tensor.name.slice(0, 80))
  if (Buffer.byteLength(tensor.name) > MAX_NAME_BYTES)
    complain('header', `the name of the tensor ${shown} is too long`)
  if (tensor.type > MAX_TYPE)
    complain('header', `the tensor ${shown} has the type ${tensor.type}, which does not exist`)
  const block = BLOCKS[tensor.type]
  if (block !== undefined && (tensor.shape[0] ?? 1) % block[0] !== 0)
    complain('layout', `the rows of the tensor ${shown} do not fill whole blocks of ${block[0]}`)
  const bytes = bytesOf(tensor) ?? 0
  if (bytes > Number.MAX_SAFE_INTEGER) complain('header', `the size of the tensor ${shown} overflows`)
  else if (tensor.offset > dataBytes) complain('cut', `the tensor ${shown} begins beyond the end of the file`)
  else if (tensor.offset + bytes > dataBytes)
    complain('cut', `the tensor ${shown} ends beyond the end of the file`)
}

/** Bytes of a tensor, or undefined for a type of unknown size. */
export function bytesOf({ shape, type }: GgufTensor): number | undefined {
  const block = BLOCKS[type]
  return block === undefined
    ? undefined
    : (shape.reduce((product, length) => product * length, 1) / block[0]) * block[1]
}

/** The end of the last tensor, from the start of the data. */
function checkOverlap(tensors: readonly GgufTensor[], complain: Complain): number {
  let end = 0
  let last = ''
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
    const shown = JSON.stringify(tensor.name.slice(0, 80))
    const bytes = bytesOf(tensor) ?? 0
    if (bytes > 0 && tensor.offset < end) complain('layout', `the tensor ${shown} overlaps ${last}`)
    if (tensor.offset + bytes > end) {
      end = tensor.offset + bytes
      last = shown
    }
  }
  return end
}

/** Loaders read scores and types of tokens by the number of the token: a shorter array is read beyond its end. */
function checkVocabulary({ arrays }: GgufView, complain: Complain): void {
  const tokens = arrays.get('tokenizer.ggml.tokens')
  if (tokens === undefined) return
  for (const key of ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']) {
    const other = arrays.get(key)
    if (other !== undefined && other.count < tokens.count)
      complain('header', `${key} has ${other.count} items for ${tokens.count} tokens`)
  }
}
