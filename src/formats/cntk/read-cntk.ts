import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'

/** Fields of the wire. */
const MAX_FIELDS = 5_000_000
/** Dictionaries in dictionaries: protobuf stops at 100 messages. */
const MAX_DEPTH = 100
const MAX_FUNCTIONS = 10_000

/** A function whose code is not in CNTK, with the texts that say where it is. */
export interface CntkFunction {
  /** `UserDefinedFunction` is Python, `NativeUserDefinedFunction` a library. */
  readonly type: string
  readonly texts: readonly { readonly name: string; readonly value: string }[]
  readonly offset: number
}

export interface CntkView {
  /** The type of the outermost dictionary, such as `CompositeFunction`. */
  readonly type: string | undefined
  readonly foreign: readonly CntkFunction[]
  readonly problem: { readonly kind: string; readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** Source/CNTKv2LibraryDll/proto/CNTK.proto of CNTK 2. */
const SCHEMA: WireSchema = {
  Dictionary: { 2: 'Entry' },
  Entry: { 1: 'text', 2: 'Value' },
  Value: { 8: 'text', 11: 'Vector', 12: 'Dictionary' },
  Vector: { 1: 'Value' },
}

/** Stands for a list where a text could be. */
const LIST = '[list]'

interface Text {
  readonly name: string
  readonly value: string
}

/**
 * Reads a model of CNTK 2: a dictionary of dictionaries. Arrays are stepped over.
 * @throws SallyportError what the source throws
 */
export async function readCntk(source: ByteSource, signal?: AbortSignal): Promise<CntkView> {
  const foreign: CntkFunction[] = []
  let type: string | undefined
  let hasParts = false
  const fold = (node: WireNode<Text>): Text | undefined => {
    if (node.type !== 'Dictionary') return textOf(node)
    const texts = node.children.get(2) ?? []
    const own = texts.findLast(({ name }) => name === 'type')?.value
    if (node.depth === 0) {
      type = own
      hasParts = texts.some(({ value }) => value === LIST)
    }
    if (own?.endsWith('UserDefinedFunction') === true && foreign.length < MAX_FUNCTIONS)
      foreign.push({ type: own, texts, offset: node.offset })
    return undefined
  }
  const { problem, readBytes } = await foldWire<Text>(source, {
    schema: SCHEMA,
    root: 'Dictionary',
    fold,
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  const missing = hasParts
    ? undefined
    : { kind: 'cut', message: 'the list of functions is missing', offset: 0 }
  return { type, foreign, problem: problem ?? missing, readBytes }
}

/** The text of a value; with its key, for an entry. */
function textOf(node: WireNode<Text>): Text | undefined {
  if (node.type === 'Vector') return { name: '', value: LIST }
  const name = node.type === 'Entry' ? (node.texts.get(1)?.at(-1) ?? '') : ''
  const value =
    node.type === 'Entry'
      ? node.children.get(2)?.at(-1)?.value
      : (node.texts.get(8)?.at(-1) ?? node.children.get(11)?.at(-1)?.value)
  return value === undefined ? undefined : { name, value }
}
