import catalog from '../../../../catalog/operators/executorch.json' with { type: 'json' }
import { looksLikeExecuTorch, readExecuTorch } from '../../../formats/executorch/index.ts'
import { coverGraph } from '../cover-graph.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import { operatorUse } from '../torchscript-uses.ts'
import { applyRules } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

const NAMESPACES = new Set(catalog.namespaces)
const DELEGATES = new Set(catalog.delegates)
const NATIVE = new Set(catalog.nativeDelegates)

/** Programs of ExecuTorch. */
export const executorchWalker: FormatWalker = {
  format: 'executorch',
  recognizes: ({ head }) => looksLikeExecuTorch(head),
  async walk(walk, place) {
    const view = await readExecuTorch(place.source, walk.signal)
    applyRules(walk, place, {
      kind: 'graph',
      format: 'executorch',
      operators: [
        ...view.operators.flatMap(({ name, offset }) => operatorOf(name, offset) ?? []),
        ...view.delegates.flatMap(({ name, offset }) => delegateOf(name, offset) ?? []),
      ],
      references: [],
      faults: view.faults.map((fault) => ({ ...fault, kind: 'range' })),
    })
    coverGraph(walk, place, 'executorch', view)
    return true
  },
}

function operatorOf(name: string, offset: number): GraphOperator | undefined {
  const use = operatorUse(name)
  if (use?.role === 'file') return { role: 'file', operator: name, detail: use.effect, offset }
  if (use?.role === 'remote') return { role: 'code', operator: name, detail: use.effect, offset }
  const namespace = name.includes('::') ? name.slice(0, name.indexOf('::')) : ''
  if (use === undefined || NAMESPACES.has(namespace)) return undefined
  return {
    role: 'custom',
    operator: name,
    detail: 'is native code that must be built into the application',
    offset,
  }
}

function delegateOf(name: string, offset: number): GraphOperator | undefined {
  if (NATIVE.has(name))
    return { role: 'native', operator: name, detail: 'loads machine code that the file holds', offset }
  if (DELEGATES.has(name)) return undefined
  return { role: 'custom', operator: name, detail: 'is a backend that is not known', offset }
}
