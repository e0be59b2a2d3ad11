import { type CntkFunction, readCntk } from '../../../formats/cntk/index.ts'
import { judgeGraph } from '../cover-graph.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import type { FormatWalker } from '../walker.ts'

/** Models of CNTK 2: a protobuf without a magic, a dictionary with a version. */
export const cntkWalker: FormatWalker = {
  format: 'cntk',
  recognizes: ({ head, name }) =>
    /\.(dnn|cntk|cmf)$/i.test(name) || (head[0] === 0x08 && (head[1] ?? 99) < 10 && head[2] === 0x12),
  async walk(walk, place) {
    const view = await readCntk(place.source, walk.signal)
    const isNamed = /\.(dnn|cntk|cmf)$/i.test(place.members.at(-1) ?? walk.path)
    const isModel = view.type?.endsWith('Function') === true && view.problem === undefined
    if (!isModel && !(isNamed && (view.foreign.length > 0 || view.type !== undefined))) return false
    const operators = view.foreign.map(operatorOf)
    judgeGraph(walk, place, { format: 'cntk', operators, references: [], faults: [] }, view)
    return true
  },
}

function operatorOf({ type, texts, offset }: CntkFunction): GraphOperator {
  const shown = texts
    .filter(({ name }) => name !== 'type' && name !== 'uid')
    .slice(0, 4)
    .map(({ name, value }) => `${name}=${JSON.stringify(value.slice(0, 80))}`)
  const operator = `${type}(${shown.join(', ')})`
  return type.startsWith('Native')
    ? { role: 'native', operator, detail: 'is machine code of a library that the model names', offset }
    : { role: 'code', operator, detail: 'imports a module of Python and calls a class in it', offset }
}
