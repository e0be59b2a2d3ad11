import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'

/** Fields of the wire; a large program has some million. */
const MAX_FIELDS = 20_000_000
/** Messages in messages: protobuf stops at 100. */
const MAX_DEPTH = 100
const MAX_ITEMS = 100_000
/** Words of the description. */
const MAX_WORDS = 10_000

/** Something in a model that reaches out of it. */
export interface CoreMlItem {
  /**
   * `custom-model`, `custom-layer`: a class that the application brings. `linked-file`, `linked-search`: another model on the
   * disk. `blob`: a file with weights.
   */
  readonly kind: 'custom-model' | 'custom-layer' | 'linked-file' | 'linked-search' | 'blob'
  /** Class, or path. */
  readonly text: string
  readonly offset: number
}

/** A Core ML model without its weights. */
export interface CoreMlView {
  readonly specificationVersion: number | undefined
  /** Whether the message says what kind of model it is. */
  readonly hasModel: boolean
  readonly items: readonly CoreMlItem[]
  /** What the model says of itself: description, author, licence, and what the user defined. */
  readonly words: readonly (readonly [string, string])[]
  readonly problem: { readonly kind: string; readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** Kinds of models without anything in them that reaches out: fields of the oneof in Model.proto. */
const INERT_KINDS = [
  300, 301, 302, 304, 400, 401, 402, 404, 501, 560, 600, 601, 602, 603, 604, 606, 607, 609, 610, 900, 2000,
  2001, 2002, 2003, 2004, 2005, 2006,
]

/** The fields of Model.proto, NeuralNetwork.proto and MIL.proto (coremltools) that reach further than arithmetic. */
const SCHEMA: WireSchema = {
  Model: {
    1: 'number',
    2: 'Description',
    ...Object.fromEntries(INERT_KINDS.map((field) => [field, 'Inert'])),
    200: 'PipelineAround',
    201: 'PipelineAround',
    202: 'Pipeline',
    303: 'Network',
    403: 'Network',
    500: 'Network',
    502: 'Program',
    555: 'CustomModel',
    556: 'LinkedModel',
    3000: 'SerializedModel',
  },
  Inert: {},
  Description: { 100: 'Metadata' },
  Metadata: { 1: 'text', 2: 'text', 3: 'text', 4: 'text', 100: 'Word' },
  Word: { 1: 'text', 2: 'text' },
  PipelineAround: { 1: 'Pipeline' },
  Pipeline: { 1: 'Model' },
  SerializedModel: { 2: 'Model' },
  CustomModel: { 10: 'text' },
  LinkedModel: { 1: 'LinkedFile' },
  LinkedFile: { 1: 'LinkedName', 2: 'LinkedSearch' },
  LinkedName: { 1: 'text' },
  LinkedSearch: { 1: 'text' },
  Network: { 1: 'Layer' },
  Layer: { 500: 'CustomLayer', 605: 'Branch', 615: 'Loop' },
  CustomLayer: { 10: 'text' },
  Branch: { 1: 'Network', 2: 'Network' },
  Loop: { 3: 'Network', 4: 'Network' },
  Program: { 2: 'FunctionEntry', 4: 'ValueEntry' },
  FunctionEntry: { 2: 'Function' },
  Function: { 3: 'BlockEntry', 4: 'ValueEntry' },
  BlockEntry: { 2: 'Block' },
  Block: { 3: 'Operation', 4: 'ValueEntry' },
  Operation: { 2: 'ArgumentEntry', 4: 'Block', 5: 'ValueEntry' },
  ArgumentEntry: { 2: 'Argument' },
  Argument: { 1: 'Binding' },
  Binding: { 2: 'Value' },
  ValueEntry: { 2: 'Value' },
  Value: { 3: 'Immediate', 5: 'Blob' },
  Immediate: { 2: 'ValueList', 3: 'ValueList', 4: 'Dictionary' },
  ValueList: { 1: 'Value' },
  Dictionary: { 1: 'Pair' },
  Pair: { 1: 'Value', 2: 'Value' },
  Blob: { 1: 'text' },
}

const ITEMS: Readonly<Record<string, { readonly kind: CoreMlItem['kind']; readonly field: number }>> = {
  CustomModel: { kind: 'custom-model', field: 10 },
  CustomLayer: { kind: 'custom-layer', field: 10 },
  LinkedName: { kind: 'linked-file', field: 1 },
  LinkedSearch: { kind: 'linked-search', field: 1 },
  Blob: { kind: 'blob', field: 1 },
}

/** Whether bytes begin as a Model of Core ML does: a small specification version, then its description. */
export function looksLikeCoreMl(head: Uint8Array): boolean {
  const [tag, version, next] = head
  return tag === 0x08 && version !== undefined && version > 0 && version < 30 && next === 0x12
}

/**
 * Reads a model of Core ML (https://apple.github.io/coremltools/mlmodel/) with all models, networks and programs in it, in constant
 * memory. Weights are stepped over.
 * @throws SallyportError what the source throws
 */
export async function readCoreMl(source: ByteSource, signal?: AbortSignal): Promise<CoreMlView> {
  const items = new Map<string, CoreMlItem>()
  let specificationVersion: number | undefined
  const words: [string, string][] = []
  let hasModel = false
  const fold = (node: WireNode<true>): true | undefined => {
    keepItem(items, node)
    keepWords(words, node)
    if (node.depth === 0) {
      const version = node.numbers.get(1)?.at(-1)
      specificationVersion = version === undefined ? undefined : Number(version)
      hasModel = node.children.size > 0
    }
    return node.depth === 1 && node.type !== 'Description' ? true : undefined
  }
  const { problem, readBytes } = await foldWire<true>(source, {
    schema: SCHEMA,
    root: 'Model',
    fold,
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  return { specificationVersion, hasModel, items: [...items.values()], words, problem, readBytes }
}

function keepItem(items: Map<string, CoreMlItem>, node: WireNode<true>): void {
  const wanted = ITEMS[node.type]
  if (wanted === undefined || items.size >= MAX_ITEMS) return
  for (const text of node.texts.get(wanted.field) ?? ['']) {
    const key = `${wanted.kind} ${text}`
    if (!items.has(key)) items.set(key, { kind: wanted.kind, text, offset: node.offset })
  }
}

/** Fields of Metadata in Model.proto; a Word is an entry of its map userDefined. */
function keepWords(words: [string, string][], { type, texts }: WireNode<true>): void {
  if (words.length >= MAX_WORDS) return
  if (type === 'Metadata')
    for (const [field, name] of [
      [1, 'shortDescription'],
      [2, 'versionString'],
      [3, 'author'],
      [4, 'license'],
    ] as const)
      for (const text of texts.get(field) ?? []) words.push([name, text])
  if (type === 'Word') for (const text of texts.get(2) ?? []) words.push([texts.get(1)?.at(-1) ?? '', text])
}
