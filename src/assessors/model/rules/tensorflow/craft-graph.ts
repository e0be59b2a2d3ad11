import type { Example } from '../../rule.ts'

/** A node of a crafted graph. */
export interface CraftedNode {
  readonly name: string
  readonly op: string
  readonly inputs?: readonly string[]
  /** Value of a constant of text. */
  readonly text?: string
  /** An attribute of text. */
  readonly attribute?: readonly [key: string, text: string]
}

/** A graph, and what a SavedModel has around it. */
export interface CraftedGraph {
  readonly nodes: readonly CraftedNode[]
  readonly functions?: Readonly<Record<string, readonly CraftedNode[]>>
  readonly assets?: readonly { readonly filename: string; readonly tensor: string }[]
  /** Metadata of Keras objects, as JSON. */
  readonly metadata?: readonly string[]
}

/** A SavedModel byte by byte (tensorflow/core/protobuf/saved_model.proto), for examples of rules. */
export function savedModel(name: string, graph: CraftedGraph): Example {
  return { name, bytes: new Uint8Array(Buffer.concat([number(1, 1), field(2, metaGraph(graph))])) }
}

/** A MetaGraph, as it stands in `.meta` files. */
export function metaGraphFile(name: string, graph: CraftedGraph): Example {
  return { name, bytes: new Uint8Array(metaGraph(graph)) }
}

/** A GraphDef alone, as frozen graphs are. */
export function frozenGraph(name: string, nodes: readonly CraftedNode[]): Example {
  return { name, bytes: new Uint8Array(graphDef({ nodes })) }
}

/** The separate file in which Keras of TensorFlow 2.5 and later keeps its objects. */
export function kerasMetadata(metadata: readonly string[]): Example {
  const nodes = metadata.map((text, i) =>
    field(1, Buffer.concat([number(2, i), field(3, 'root'), field(4, '_tf_keras_layer'), field(5, text)])),
  )
  return { name: 'keras_metadata.pb', bytes: new Uint8Array(Buffer.concat(nodes)) }
}

function metaGraph({ assets = [], metadata = [], ...graph }: CraftedGraph): Buffer {
  return Buffer.concat([
    field(1, Buffer.concat([field(4, 'serve'), field(5, '2.15.0')])),
    field(2, graphDef(graph)),
    ...assets.map(({ filename, tensor }) =>
      field(6, Buffer.concat([field(1, field(1, `${tensor}:0`)), field(2, filename)])),
    ),
    ...(metadata.length === 0
      ? []
      : [field(7, Buffer.concat(metadata.map((text) => field(1, field(4, field(3, text))))))]),
  ])
}

function graphDef({ nodes, functions = {} }: Pick<CraftedGraph, 'nodes' | 'functions'>): Buffer {
  const library = Object.entries(functions).map(([name, inner]) =>
    field(1, Buffer.concat([field(1, field(1, name)), ...inner.map((node) => field(3, nodeDef(node)))])),
  )
  return Buffer.concat([
    ...nodes.map((node) => field(1, nodeDef(node))),
    field(2, Buffer.concat(library)),
    field(4, number(1, 1645)),
  ])
}

/** The options of a Flex operation of TFLite: a FlexBuffer with the name of an operation and its NodeDef, each below 100 bytes. */
export function flexOptions(node: CraftedNode): Buffer {
  const [name, definition] = [Buffer.from(node.op), nodeDef(node)]
  const toName = name.length + definition.length + 4
  return Buffer.concat([
    ...[name, definition].flatMap((text) => [Buffer.from([text.length]), text, Buffer.from([0])]),
    // Two offsets backwards and their types, then the vector itself: https://flatbuffers.dev/internals/#flexbuffers
    Buffer.from([2, toName, definition.length + 3, 20, 20, 4, 40, 1]),
  ])
}

function nodeDef({ name, op, inputs = [], text, attribute }: CraftedNode): Buffer {
  const entry = (key: string, value: Buffer): Buffer =>
    field(5, Buffer.concat([field(1, key), field(2, value)]))
  return Buffer.concat([
    field(1, name),
    field(2, op),
    ...inputs.map((input) => field(3, input)),
    ...(text === undefined
      ? []
      : [
          entry('dtype', number(6, 7)),
          entry('value', field(8, Buffer.concat([number(1, 7), field(2, ''), field(8, text)]))),
        ]),
    ...(attribute === undefined ? [] : [entry(attribute[0], field(2, attribute[1]))]),
  ])
}

function field(id: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint((id << 3) | 2), varint(bytes.length), bytes])
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([varint(id << 3), varint(value)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}

/** What every saved model has: variables that the ordinary saver writes and reads by a fed name. */
export const SAVER: readonly CraftedNode[] = [
  { name: 'x', op: 'Placeholder' },
  { name: 'kernel', op: 'VarHandleOp', attribute: ['shared_name', 'kernel'] },
  { name: 'read', op: 'ReadVariableOp', inputs: ['kernel'] },
  { name: 'y', op: 'MatMul', inputs: ['x', 'read'] },
  { name: 'saver_filename', op: 'Placeholder' },
  { name: 'names', op: 'Const', text: 'variables/0/.ATTRIBUTES/VARIABLE_VALUE' },
  { name: 'save', op: 'SaveV2', inputs: ['saver_filename', 'names', 'names', 'read'] },
  { name: 'restore', op: 'RestoreV2', inputs: ['saver_filename', 'names', 'names'] },
  { name: 'old_name', op: 'Const', text: 'model' },
  { name: 'old_save', op: 'SaveV2', inputs: ['old_name', 'names', 'names', 'read'] },
  { name: 'call', op: 'StatefulPartitionedCall', inputs: ['x', 'kernel'] },
]
