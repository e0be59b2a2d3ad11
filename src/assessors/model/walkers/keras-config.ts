import { type JsonNode, type KerasView, readKeras, readPythonJson } from '../../../formats/keras/index.ts'
import { sourceOfBytes } from '../../../ground/lang/index.ts'
import { kerasRoleOf } from '../keras-roles.ts'
import { noteSight } from '../note-sight.ts'
import { sightsOf } from '../tensorflow-roles.ts'
import { applyRules, cover, type Place, type Walk } from '../walk-report.ts'
import type { Enter, FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'
import { tfjsGraphOf } from './tfjs-graph.ts'

/** Bytes of a configuration. The largest published one has 2 MB; tokenizers, which are looked at first glance too, 35 MB. */
const MAX_BYTES = 64 * 1024 * 1024

/** JSON that Keras or TensorFlow.js makes a model of. */
export const kerasConfigWalker: FormatWalker = {
  format: 'keras-config',
  recognizes: ({ head, sizeBytes }) => sizeBytes <= MAX_BYTES && startsLikeJson(head),
  async walk(walk, place, enter) {
    const bytes = await place.source.read(0, place.source.size, walk.signal)
    const text = decodeJson(bytes)
    if (text === undefined || !couldBeKeras(text)) return false
    const document = readPythonJson(text)
    if (document === undefined) return coverBroken(walk, place, text)
    const view = readKeras(document)
    if (view === undefined) return false
    const name = place.members.at(-1) ?? walk.path
    applyRules(walk, place, { kind: 'text', format: 'json', text, name })
    const graph = tfjsGraphOf(document.root)
    if (graph !== undefined)
      applyRules(walk, place, { kind: 'tensorflow', view: graph, sights: sightsOf(graph) })
    await walkKeras(walk, place, view, enter)
    await judgeMetadata(walk, place, textsOf(document.root))
    return true
  },
}

/** What begins as a configuration and is no JSON to its end is not decided: it may be cut. */
function coverBroken(walk: Walk, place: Place, text: string): boolean {
  if (!/"class_name"\s{0,10}:|"modelTopology"\s{0,10}:/.test(text)) return false
  if (isDeeperThan(text, MAX_NESTING))
    noteSight(walk, place, {
      kind: 'nesting',
      message: `JSON is nested deeper than ${MAX_NESTING}, which ends the process of parsers that call themselves`,
    })
  const reason = 'a configuration of Keras that is no JSON to its end'
  cover(walk, place, { format: 'keras-config', readBytes: place.source.size, status: 'partial', reason })
  return true
}

/** Levels of JSON. Models nest some dozen; Python gives up at a thousand (CWE-674). */
const MAX_NESTING = 10_000

function isDeeperThan(text: string, levels: number): boolean {
  let depth = 0
  // Texts are stepped over; one that does not end goes to the end.
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|$)|[[{]|[\]}]/gs)) {
    if (mark === '[' || mark === '{') depth += 1
    else if (mark === ']' || mark === '}') depth -= 1
    if (depth > levels) return true
  }
  return false
}

/** Every text of a configuration, by its key; vocabularies are data. */
function* textsOf(root: JsonNode): Generator<readonly [string, string]> {
  const open: { readonly key: string; readonly node: JsonNode }[] = [{ key: '', node: root }]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { key, node } = one
    if (node.kind === 'string') yield [key, node.text]
    else if (node.kind === 'object')
      for (const { key: inner, value } of node.entries) open.push({ key: inner, node: value })
    else if (node.kind === 'array' && !/vocab/i.test(key))
      for (const item of node.items) open.push({ key, node: item })
  }
}

/** Applies the rules for Keras to a configuration, covers it, and goes into what is pickled in it. */
async function walkKeras(walk: Walk, place: Place, view: KerasView, enter: Enter): Promise<void> {
  const objects = view.objects.map((object) => ({ object, role: kerasRoleOf(walk.policy, object) }))
  applyRules(walk, place, { kind: 'keras', view, objects })
  const base = { format: 'keras-config', readBytes: place.source.size }
  if (view.isCut) cover(walk, place, { ...base, status: 'partial', reason: 'it holds more than we keep' })
  else cover(walk, place, { ...base, status: 'full' })
  for (const { path, bytes } of [...view.torchModules, ...view.embedded])
    await enter({ source: sourceOfBytes(bytes), members: [...place.members, path], depth: place.depth + 1 })
}

/** An object or array behind white space, in any of the encodings that Python's `json.loads` detects. */
function startsLikeJson(head: Uint8Array): boolean {
  for (const byte of head) {
    if (byte === 0x7b || byte === 0x5b) return true
    const isSpace = byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x2f
    // Byte order marks, and the zeros of wider characters.
    const isMark =
      byte === 0 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte === 0xfe || byte === 0xff
    if (!isSpace && !isMark) return byte === 0x2a && head[0] === 0x2f
  }
  return head.length > 0
}

/** Text by the marks and zeros of the first bytes, as Python's json.detect_encoding; broken characters are replaced. */
function decodeJson(bytes: Uint8Array): string | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  const isWide = (a === 0 && b === 0) || (b === 0 && c === 0 && d === 0 && bytes.length > 4)
  if (isWide) return decodeUtf32(bytes, a === 0)
  if ((a === 0xfe && b === 0xff) || a === 0) return new TextDecoder('utf-16be').decode(bytes)
  if ((a === 0xff && b === 0xfe) || b === 0) return new TextDecoder('utf-16le').decode(bytes)
  const text = new TextDecoder('utf-8').decode(bytes)
  return text.includes('\0') ? undefined : text
}

function decodeUtf32(bytes: Uint8Array, isBigEndian: boolean): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts: string[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, !isBigEndian)
    if (point > 0x10_ffff) return undefined
    parts.push(String.fromCodePoint(point))
  }
  return parts.join('')
}

/** Saves the long way for the many JSON files that are something else; the words may be written with escapes. */
function couldBeKeras(text: string): boolean {
  if (WORDS.test(text)) return true
  if (!/\\u00[2-7]/.test(text)) return false
  const plain = text.replace(/\\u00([2-7][0-9a-fA-F])/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return WORDS.test(plain)
}

const WORDS = /"class_name"|"modelTopology"|"weightsManifest"/
