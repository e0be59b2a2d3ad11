import { type CaffeLayer, readCaffeModel, readPrototxt } from '../../../formats/caffe/index.ts'
import { utf8Text } from '../../../ground/lang/index.ts'
import { coverGraph } from '../cover-graph.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import { applyRules, type Place, type Walk } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of a network as text. The largest published have some hundred kilobytes. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024

/** Modules of Python itself whose names stand for effects and never for a layer. */
const PYTHON =
  /^(os|posix|nt|subprocess|builtins|__builtin__|sys|shutil|socket|runpy|pty|commands|importlib|ctypes|code|pdb|timeit)(\.|$)/

/** Networks of Caffe, as text and with weights. Neither has a magic: the name tells. */
export const caffeWalker: FormatWalker = {
  format: 'caffe',
  recognizes: ({ name }) => /\.(prototxt|caffemodel)$/i.test(name),
  async walk(walk, place) {
    const isText = /\.prototxt$/i.test(place.members.at(-1) ?? walk.path)
    if (!isText) return walkModel(walk, place)
    const text = utf8Text(await place.source.read(0, MAX_TEXT_BYTES, walk.signal))
    const layers = text === undefined ? undefined : readPrototxt(text)
    if (layers === undefined) return false
    judge(walk, place, layers)
    const problem =
      place.source.size > MAX_TEXT_BYTES ? { message: 'only the first part was read' } : undefined
    coverGraph(walk, place, 'caffe', { problem, readBytes: Math.min(place.source.size, MAX_TEXT_BYTES) })
    return true
  },
}

async function walkModel(walk: Walk, place: Place): Promise<boolean> {
  const view = await readCaffeModel(place.source, walk.signal)
  if (view.layers.length === 0 || view.problem?.kind === 'wire') return false
  judge(walk, place, view.layers)
  coverGraph(walk, place, 'caffe', view)
  return true
}

function judge(walk: Walk, place: Place, layers: readonly CaffeLayer[]): void {
  const operators = layers.flatMap((layer) => pythonLayer(layer) ?? [])
  applyRules(walk, place, { kind: 'graph', format: 'caffe', operators, references: [], faults: [] })
}

function pythonLayer({ type, python, offset }: CaffeLayer): GraphOperator | undefined {
  if (type !== 'Python' && python === undefined) return undefined
  const operator = `${python?.module ?? ''}.${python?.layer ?? ''}(${JSON.stringify((python?.parameters ?? '').slice(0, 100))})`
  return PYTHON.test(python?.module ?? '')
    ? { role: 'code', operator, detail: 'is called in Python when the network is made', offset }
    : { role: 'custom', operator, detail: 'is imported by Python when the network is made', offset }
}
