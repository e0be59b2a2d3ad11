import { type Example, example } from '../../rule.ts'

/** A symbol graph of MXNet with one operator, for examples (synthetic: as MXNet 1.9 writes it). */
export function symbol(op: string, attrs: Readonly<Record<string, string>> = {}): Example {
  const graph = {
    nodes: [
      { op: 'null', name: 'data', inputs: [] },
      { op, name: 'n', attrs, inputs: [[0, 0, 0]] },
    ],
    arg_nodes: [0],
    node_row_ptr: [0, 1, 2],
    heads: [[1, 0, 0]],
    attrs: { mxnet_version: ['int', 10901] },
  }
  return example('a-symbol.json', JSON.stringify(graph, null, 2))
}
