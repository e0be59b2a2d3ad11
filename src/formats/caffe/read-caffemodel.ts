import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'

/** Fields of the wire. */
const MAX_FIELDS = 10_000_000
const MAX_DEPTH = 16
const MAX_LAYERS = 100_000

/** A layer; `python` is the class that a Python layer is made by. */
export interface CaffeLayer {
  readonly name: string
  readonly type: string
  readonly python:
    | { readonly module: string; readonly layer: string; readonly parameters: string }
    | undefined
  readonly offset: number
}

export interface CaffeView {
  readonly layers: readonly CaffeLayer[]
  readonly problem: { readonly kind: string; readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** caffe.proto of BVLC. Layers before 2015 have numbers for types, none of which is Python. */
const SCHEMA: WireSchema = {
  Net: { 2: 'OldLayer', 100: 'Layer' },
  OldLayer: { 4: 'text' },
  Layer: { 1: 'text', 2: 'text', 130: 'Python' },
  Python: { 1: 'text', 2: 'text', 3: 'text' },
}

/**
 * Reads the layers of a network of Caffe (`.caffemodel`); weights are stepped over.
 * @throws SallyportError what the source throws
 */
export async function readCaffeModel(source: ByteSource, signal?: AbortSignal): Promise<CaffeView> {
  const layers: CaffeLayer[] = []
  const fold = (node: WireNode<CaffeLayer['python']>): CaffeLayer['python'] => {
    const text = (field: number): string => node.texts.get(field)?.at(-1) ?? ''
    if (node.type === 'Python') return { module: text(1), layer: text(2), parameters: text(3) }
    if (node.type === 'Net' || layers.length >= MAX_LAYERS) return undefined
    const isOld = node.type === 'OldLayer'
    const python = node.children.get(130)?.at(-1)
    layers.push({ name: text(isOld ? 4 : 1), type: isOld ? '' : text(2), python, offset: node.offset })
    return undefined
  }
  const { problem, readBytes } = await foldWire<CaffeLayer['python']>(source, {
    schema: SCHEMA,
    root: 'Net',
    fold,
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  return { layers, problem, readBytes }
}
