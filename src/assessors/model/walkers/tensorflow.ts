import {
  type GraphForm,
  readBundleIndex,
  readTensorflow,
  readTextGraph,
  type TensorflowView,
} from '../../../formats/tensorflow/index.ts'
import { sourceOfBytes, utf8, utf8Text } from '../../../ground/lang/index.ts'
import { sightsOf } from '../tensorflow-roles.ts'
import { applyRules, cover, type Place, type Walk } from '../walk-report.ts'
import type { Enter, FormatWalker } from '../walker.ts'

/** Bytes of a graph in text form. The largest published ones have some 60 MB. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024

const PROTOBUF_NAMES = /\.(pb|pbbin|meta|graphdef|savedmodel|frozen)$/i
const TEXT_NAMES = /\.(pbtxt|prototxt|pbtext|textproto|txtpb)$/i

/** SavedModel, MetaGraph and GraphDef, as protobuf. They have no magic: what reads as nodes of a graph is one. */
export const tensorflowWalker: FormatWalker = {
  format: 'tensorflow',
  recognizes: ({ head, name }) => PROTOBUF_NAMES.test(name) || likelyForms(head).length > 0,
  async walk(walk, place, enter) {
    const name = place.members.at(-1) ?? walk.path
    if (/(^|\/)(fingerprint|tfhub_module)\.pb$/.test(name) && place.source.size < 4096) {
      cover(walk, place, { format: 'tensorflow-fingerprint', readBytes: 0, status: 'full' })
      return true
    }
    const head = await place.source.read(0, 4096, walk.signal)
    for (const form of formsOf(name, head)) {
      const view = await readTensorflow(place.source, form, walk.signal)
      if (view === undefined) continue
      await walkGraph(walk, place, view, enter)
      return true
    }
    return false
  },
}

/** Graphs in the text form of protobuf. */
export const textGraphWalker: FormatWalker = {
  format: 'tensorflow-text',
  recognizes: ({ head, name, sizeBytes }) =>
    sizeBytes <= MAX_TEXT_BYTES && (TEXT_NAMES.test(name) || looksLikeTextGraph(head)),
  async walk(walk, place, enter) {
    const text = utf8Text(await place.source.read(0, place.source.size, walk.signal))
    const view = text === undefined ? undefined : readTextGraph(text)
    if (view === undefined) return false
    await walkGraph(walk, place, view, enter)
    return true
  },
}

/** Checkpoints: an index with names, and files of numbers beside it; also the shards of TensorFlow.js. */
export const checkpointWalker: FormatWalker = {
  format: 'tensorflow-checkpoint',
  recognizes: ({ name, head }) => /\.index$/i.test(name) || (SHARD.test(name) && !isOtherwise(head)),
  async walk(walk, place) {
    const name = place.members.at(-1) ?? walk.path
    if (SHARD.test(name)) {
      cover(walk, place, { format: 'tensorflow-weights', readBytes: 0, status: 'full' })
      return true
    }
    const index = await readBundleIndex(place.source, walk.signal)
    if (index === undefined) return false
    const base = { format: 'tensorflow-index', readBytes: index.readBytes }
    if (index.reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: index.reason })
    return true
  },
}

/** Only raw numbers stand in these; readers know what is where from the index or the manifest. */
const SHARD = /(\.data-\d{5}-of-\d{5}|(^|\/)group\d+-shard\d+of\d+(\.bin)?)$/

/** Pickles and archives under the name of a shard are looked at as such. */
function isOtherwise(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head
  return (
    (first === 0x80 && second <= 5) ||
    (first === 0x50 && second === 0x4b) ||
    (first === 0x1f && second === 0x8b)
  )
}

async function walkGraph(walk: Walk, place: Place, view: TensorflowView, enter: Enter): Promise<void> {
  applyRules(walk, place, { kind: 'tensorflow', view, sights: sightsOf(view) })
  const base = { format: `tensorflow-${view.form}`, readBytes: view.readBytes }
  const [problem] = view.problems
  if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
  if (view.kerasTexts.length === 0) return
  // One text for all objects: most repeat what the root says.
  const source = sourceOfBytes(utf8(`[${view.kerasTexts.join(',\n')}]`))
  await enter({ source, members: [...place.members, 'keras metadata.json'], depth: place.depth + 1 })
}

/** The forms to try, the likeliest first; a telling name allows all. */
function formsOf(name: string, head: Uint8Array): GraphForm[] {
  const likely = likelyForms(head)
  if (/(^|\/)keras_metadata\.pb$/.test(name)) return ['keras-metadata']
  if (!PROTOBUF_NAMES.test(name)) return likely
  const all: GraphForm[] = ['saved-model', 'meta-graph', 'graph-def']
  return [...new Set([...likely, ...all])]
}

/** By the first fields: a version and a MetaGraph, a MetaInfo and a GraphDef, or a node with name and operation. */
function likelyForms(head: Uint8Array): GraphForm[] {
  if (head[0] === 0x08 && head[1] === 1 && head[2] === 0x12) {
    const inner = afterLength(head, 3)
    return head[inner] === 0x0a || head[inner] === 0x12 ? ['saved-model'] : []
  }
  if (head[0] !== 0x0a) return []
  const inner = afterLength(head, 1)
  if (looksLikeNode(head, inner)) return ['graph-def']
  return []
}

/** Where the bytes behind a varint begin. */
function afterLength(head: Uint8Array, at: number): number {
  let next = at
  while ((head[next] ?? 0) >= 128 && next - at < 10) next++
  return next + 1
}

/** `name: "…" op: "…"`, both short; operations are named in capitals. */
function looksLikeNode(head: Uint8Array, at: number): boolean {
  if (head[at] !== 0x0a) return false
  const nameStart = afterLength(head, at + 1)
  const nameBytes = head[at + 1] ?? 0
  if (nameBytes === 0 || nameBytes > 127) return false
  const opAt = nameStart + nameBytes
  const opBytes = head[opAt + 1] ?? 0
  if (head[opAt] !== 0x12 || opBytes === 0 || opBytes > 100) return false
  const op = Buffer.from(head.subarray(opAt + 2, opAt + 2 + opBytes)).toString('latin1')
  return /^_?[A-Z][A-Za-z0-9>]*$/.test(op)
}

function looksLikeTextGraph(head: Uint8Array): boolean {
  // Neither a letter nor a blank.
  if ((head[0] ?? 0xff) > 0x7a && head[0] !== 0xa0) return false
  const start = Buffer.from(head.subarray(0, 512)).toString('latin1')
  return /^\s{0,100}(?:node|library|graph_def|meta_graphs|meta_info_def|saved_model_schema_version|versions)\s{0,10}[:{<]/.test(
    start,
  )
}
