import { type ExportedView, readExported } from '../../../formats/torchscript/index.ts'
import { utf8Text } from '../../../ground/lang/index.ts'
import { coverGraph } from '../cover-graph.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import { operatorUse } from '../torchscript-uses.ts'
import { applyRules } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of a program. The largest published have some tens of megabytes. */
const MAX_BYTES = 128 * 1024 * 1024
/** Where torch.export and the archive of PyTorch 2.8 put programs. */
const NAME = /(^|\/)(serialized_exported_program|models\/[^/]+)\.json$/

/** What an expression of sizes never calls: sympify and guards are evaluated as Python. */
const DANGER =
  /__|\b(eval|exec|open|compile|getattr|setattr|globals|locals|vars|breakpoint|input|import|lambda|os|sys|subprocess|builtins|shutil|socket|system|popen|lambdify|sympify)\b/
/** Names of `torch` that are reached by their dotted name when a program is loaded. */
const PLAIN_TORCH =
  /^torch\.(ops\.|sym_\w+$|_sym_\w+$|_check\w*$|_higher_order_ops\.|_ops\.|functional\.\w+$|[a-z0-9_]+$)/

/** Programs of torch.export inside a `.pt2` archive. */
export const exportedWalker: FormatWalker = {
  format: 'exported-program',
  recognizes: ({ head, name, sizeBytes }) =>
    sizeBytes <= MAX_BYTES &&
    (NAME.test(name) || name.endsWith('.json')) &&
    new TextDecoder().decode(head.subarray(0, 200)).includes('"graph_module"'),
  async walk(walk, place) {
    const text = utf8Text(await place.source.read(0, MAX_BYTES, walk.signal))
    const view = text === undefined ? undefined : readExported(parse(text))
    if (view === undefined) return false
    const operators = operatorsOf(view)
    applyRules(walk, place, { kind: 'graph', format: 'pt2', operators, references: [], faults: [] })
    if (view.isCut) {
      const problem = { message: 'there is more than is kept' }
      coverGraph(walk, place, 'exported-program', { problem, readBytes: place.source.size })
      return true
    }
    return walkText(walk, place)
  },
}

function operatorsOf(view: ExportedView): GraphOperator[] {
  return [
    ...view.targets.flatMap((target) => targetRole(target) ?? []),
    ...view.expressions.flatMap((expression) => expressionRole(expression) ?? []),
  ]
}

/** Targets are looked up by their dotted name in `torch`; other roots stay texts. */
function targetRole(target: string): GraphOperator | undefined {
  if (!target.startsWith('torch.')) return undefined
  const offset = 0
  if (!PLAIN_TORCH.test(target)) {
    const isDanger = DANGER.test(target)
    const detail = isDanger ? 'is a function with effects' : 'is no operator'
    return { role: isDanger ? 'code' : 'custom', operator: target, detail, offset }
  }
  const [, namespace, name] = /^torch\.ops\.(\w+)\.(\w+)/.exec(target) ?? ['', 'aten', target.slice(6)]
  const use = operatorUse(`${namespace}::${name}`)
  if (use === undefined) return undefined
  if (use.role === 'custom')
    return { role: 'custom', operator: target, detail: 'is no operator of PyTorch', offset }
  return { role: use.role === 'file' ? 'file' : 'code', operator: target, detail: use.effect, offset }
}

function expressionRole(expression: string): GraphOperator | undefined {
  if (!DANGER.test(expression.slice(0, 10_000))) return undefined
  return {
    role: 'code',
    operator: expression.slice(0, 200),
    detail: 'is evaluated as Python when it is loaded',
    offset: 0,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Information: it is some other text.
  }
}
