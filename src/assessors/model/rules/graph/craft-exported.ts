import { craftZip } from '../../craft-zip.ts'
import type { Example } from '../../rule.ts'

/** A package of torch.export with one node, for examples (synthetic: by torch/_export/serde/schema.py). */
export function exported(target: string, expression = 's0 + 1'): Example {
  const node = {
    target,
    inputs: [
      { name: 'self', arg: { as_sym_int: { as_expr: { expr_str: expression, hint: { as_int: 2 } } } } },
    ],
    outputs: [],
    metadata: {},
  }
  const program = {
    graph_module: { graph: { inputs: [], outputs: [], nodes: [node] }, signature: {} },
    opset_version: { aten: 10 },
    range_constraints: { s0: { min_val: 2, max_val: 9 } },
  }
  return {
    ...craftZip([
      { name: 'serialized_exported_program.json', text: JSON.stringify(program) },
      { name: 'version', text: '5.1' },
    ]),
    name: 'a.pt2',
  }
}
