import catalog from '../../../../catalog/operators/paddle.json' with { type: 'json' }
import { looksLikePaddle, type PaddleOperator, readPaddle, readPir } from '../../../formats/paddle/index.ts'
import { mayOpenObject } from '../../../ground/lang/index.ts'
import { judgeGraph } from '../cover-graph.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import type { FormatWalker } from '../walker.ts'

const ROLES: ReadonlyMap<string, { readonly role: string; readonly effect: string }> = new Map(
  Object.entries(catalog.operators),
)
const NAME = /(\.pdmodel|(^|\/)__model__)$/i

/** Programs of PaddlePaddle: a protobuf without a magic. */
export const paddleWalker: FormatWalker = {
  format: 'paddle',
  recognizes: ({ head, name }) => NAME.test(name) || looksLikePaddle(head),
  async walk(walk, place) {
    const view = await readPaddle(place.source, walk.signal)
    const isNamed = NAME.test(place.members.at(-1) ?? walk.path)
    const isWhole = view.problem === undefined && view.operators.length > 0
    if (view.blockCount === 0 || !(isWhole || (isNamed && view.problem?.kind !== 'wire'))) return false
    const graph = {
      format: 'paddle',
      operators: view.operators.flatMap((operator) => paddleRole(operator) ?? []),
      references: [],
      faults: [],
    }
    judgeGraph(walk, place, graph, view)
    return true
  },
}

/** Bytes of a program as JSON; the largest published have some megabytes. */
const MAX_JSON_BYTES = 64 * 1024 * 1024

/** Programs of Paddle 3, saved as JSON. */
export const pirWalker: FormatWalker = {
  format: 'paddle-pir',
  recognizes: ({ head, sizeBytes }) =>
    sizeBytes <= MAX_JSON_BYTES &&
    mayOpenObject(head) &&
    /^\s*\{[^}]{0,300}"magic"\s*:\s*"pir"/.test(new TextDecoder().decode(head.subarray(0, 500))),
  async walk(walk, place) {
    const document = parse(await place.source.read(0, MAX_JSON_BYTES, walk.signal))
    const operators = readPir(document) ?? []
    const problem = document === undefined ? { message: 'the program is no whole JSON' } : undefined
    const graph = {
      format: 'paddle-pir',
      operators: operators.flatMap((operator) => paddleRole(operator) ?? []),
      references: [],
      faults: [],
    }
    judgeGraph(walk, place, graph, { problem, readBytes: place.source.size })
    return true
  },
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined // Information: it is some other text.
  }
}

/** What an operator of Paddle does beyond arithmetic, by catalog/operators/paddle.json. */
function paddleRole({ type, texts, offset }: PaddleOperator): GraphOperator | undefined {
  const known = ROLES.get(type)
  const shown = texts.slice(0, 3).map(({ name, value }) => `${name}=${JSON.stringify(value.slice(0, 80))}`)
  const operator = shown.length === 0 ? type : `${type}(${shown.join(', ')})`
  if (type.startsWith('custom_op.'))
    return {
      role: 'custom',
      operator,
      detail: 'is native code that must be installed beside the model',
      offset,
    }
  if (known === undefined)
    return /^[A-Za-z_][\w.@]{0,200}$/.test(type)
      ? undefined
      : { role: 'custom', operator, detail: 'has a name that no operator of Paddle has', offset }
  return { role: roleOf(known.role), operator, detail: known.effect, offset }
}

function roleOf(role: string): GraphOperator['role'] {
  return role === 'code' || role === 'file' || role === 'native' || role === 'opaque' ? role : 'custom'
}
