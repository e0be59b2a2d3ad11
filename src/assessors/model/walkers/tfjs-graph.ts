import type { JsonNode } from '../../../formats/keras/index.ts'
import type { GraphBody, GraphNode, TensorflowView } from '../../../formats/tensorflow/index.ts'

/** Texts of one node that are kept, and characters of one. */
const MAX_TEXTS = 64
const MAX_TEXT = 4096
/** Nodes of one model; those that browsers can run have some thousand. */
const MAX_NODES = 200_000

/** The graph in a `model.json` of TensorFlow.js: a GraphDef as JSON under `modelTopology`, or undefined. */
export function tfjsGraphOf(root: JsonNode): TensorflowView | undefined {
  const bodies: GraphBody[] = []
  for (const topology of childrenOf(root, 'modelTopology')) {
    bodies.push({ function: '', nodes: nodesOf(topology, 'node') })
    for (const library of childrenOf(topology, 'library'))
      for (const fn of itemsOf(library, 'function')) {
        const [name = '?'] = childrenOf(fn, 'signature').flatMap((signature) => textsOf(signature, 'name'))
        bodies.push({ function: name, nodes: nodesOf(fn, 'nodeDef') })
      }
  }
  if (!bodies.some(({ nodes }) => nodes.length > 0)) return undefined
  return { form: 'tfjs-graph', bodies, assets: [], kerasTexts: [], problems: [], readBytes: 0 }
}

function nodesOf(node: JsonNode, key: string): GraphNode[] {
  return itemsOf(node, key)
    .slice(0, MAX_NODES)
    .map((item) => ({
      name: textsOf(item, 'name').at(-1) ?? '',
      op: textsOf(item, 'op').at(-1) ?? '',
      inputs: childrenOf(item, 'input').flatMap((inputs) =>
        inputs.kind === 'array'
          ? inputs.items.map((input) => (input.kind === 'string' ? input.text : ''))
          : [],
      ),
      texts: childrenOf(item, 'attr').flatMap(attributeTexts).slice(0, MAX_TEXTS),
      offset: item.offset,
    }))
}

/** Bytes stand as base64 in JSON. */
function attributeTexts(attributes: JsonNode): { key: string; text: string }[] {
  if (attributes.kind !== 'object') return []
  return attributes.entries.flatMap(({ key, value }) => {
    const tensors = childrenOf(value, 'tensor').flatMap((tensor) => childrenOf(tensor, 'stringVal'))
    const strings = tensors.flatMap((tensor) => (tensor.kind === 'array' ? tensor.items : [tensor]))
    return [...strings, ...childrenOf(value, 's')].flatMap((one) =>
      one.kind === 'string'
        ? [{ key, text: Buffer.from(one.text.slice(0, MAX_TEXT), 'base64').toString('utf8') }]
        : [],
    )
  })
}

function childrenOf(node: JsonNode, wanted: string): JsonNode[] {
  if (node.kind !== 'object') return []
  return node.entries.filter(({ key }) => key === wanted).map(({ value }) => value)
}

function itemsOf(node: JsonNode, key: string): JsonNode[] {
  return childrenOf(node, key).flatMap((child) => (child.kind === 'array' ? child.items : []))
}

function textsOf(node: JsonNode, key: string): string[] {
  return childrenOf(node, key).flatMap((child) => (child.kind === 'string' ? [child.text] : []))
}
