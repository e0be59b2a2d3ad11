import { unpackDeflate } from '../../formats/deflate/index.ts'
import { looksLikeNpy, readNpy } from '../../formats/npy/index.ts'
import { runPickle } from '../../formats/pickle/index.ts'
import { isPython, readPython } from '../../formats/python/index.ts'
import { looksLikeZip, type PackedMember, packedMember, readZip } from '../../formats/zip/index.ts'
import {
  type ByteSource,
  recordOf,
  sliceOfSource,
  sourceOfBytes,
  textOf,
  utf8Text,
} from '../../ground/lang/index.ts'
import { isText } from './compare-texts.ts'
import type { ComparedModel } from './ports.ts'

/** Opcodes of one model's pickles. */
const MAX_STEPS = 20_000_000
/** Streams of one file that are followed; PyTorch's old format has five. */
const MAX_STREAMS = 64
/** Names of one model; beyond, they are no list that a person reads. */
const MAX_NAMES = 5000
/** Bytes of a packed pickle that is unpacked in memory. */
const MAX_UNPACKED = 64 * 1024 * 1024
/** Bytes of a packed array that are unpacked: its header says whether it holds objects. */
const ARRAY_BYTES = 1024 * 1024
/** Bytes of a program or a configuration. */
const MAX_TEXT_BYTES = 1024 * 1024

/** What loading some files of a model imports or calls, and where that could not be told. */
export interface Imports {
  readonly names: Set<string>
  readonly unclear: { readonly path: string; readonly reason: string }[]
}

/** Endings under which pickles are kept; a file without one may be anything. */
const PICKLED = /\.(?:pkl|pickle|bin|pt|pth|ckpt|joblib|dill|npy|npz|p|model|zip|ptl|mar)$/i

/** Whether a file may hold something that loading runs. */
export function mayImport(name: string): boolean {
  if (/\.(?:py|json)$/i.test(name)) return true
  if (isText(name)) return false
  return PICKLED.test(name) || !/\.\w+$/.test(name)
}

/** Looks at files of a model for what loading them imports: pickles, members of PyTorch archives, Python, `auto_map`. */
export async function collectImports(
  model: ComparedModel,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Imports> {
  const found: Imports = { names: new Set(), unclear: [] }
  const budget = { left: MAX_STEPS }
  for (const name of names)
    await model.withFile(name, (source) => lookAt({ found, budget, name, signal }, source))
  return found
}

interface Look {
  readonly found: Imports
  readonly budget: { left: number }
  readonly name: string
  readonly signal: AbortSignal | undefined
}

async function lookAt(look: Look, source: ByteSource): Promise<void> {
  if (/\.py$/i.test(look.name)) return pythonImports(look, await textFrom(source))
  if (/\.json$/i.test(look.name)) return mappedCode(look, await textFrom(source))
  const head = await source.read(0, 16, look.signal)
  if (looksLikeZip(head)) return archiveImports(look, source)
  if (looksLikeNpy(head)) return arrayImports(look, source)
  if (mayBePickle(head)) await pickleImports(look, source)
}

async function textFrom(source: ByteSource): Promise<string | undefined> {
  return source.size > MAX_TEXT_BYTES ? undefined : utf8Text(await source.read(0, source.size))
}

/** PROTO of protocols 2 to 5, or what protocols 0 and 1 begin with. */
function mayBePickle(head: Uint8Array): boolean {
  const [first = 0, second = 255] = head
  return first === 0x80 ? second <= 5 : '(]}cX'.includes(String.fromCharCode(first))
}

async function archiveImports(look: Look, source: ByteSource): Promise<void> {
  const view = await readZip(source, look.signal)
  for (const member of view?.members ?? []) {
    if (view === undefined || !/\.(?:pkl|pickle|npy)$/i.test(member.name)) continue
    const isArray = /\.npy$/i.test(member.name)
    const packed = packedMember(view, member)
    const inner = packed.ok
      ? await unpacked(packed.value, isArray ? ARRAY_BYTES : MAX_UNPACKED, look.signal)
      : undefined
    if (inner === undefined)
      unclear(
        look,
        `its member ${member.name.slice(0, 120)} is packed in a way that is not read here, so what it imports was not compared`,
      )
    else if (isArray) await arrayImports(look, inner)
    else await pickleImports(look, inner)
  }
}

function unclear({ found, name }: Look, reason: string): void {
  found.unclear.push({ path: name, reason })
}

/** The first `limit` bytes of a member; undefined for a method that is not read here, or for more of a pickle than that. */
async function unpacked(
  { source, method }: PackedMember,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<ByteSource | undefined> {
  if (method === 'stored') return source
  if (method !== 'deflate') return undefined
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of unpackDeflate(source, { signal })) {
    pieces.push(piece)
    length += piece.length
    if (length >= limit) break
  }
  return limit === MAX_UNPACKED && length >= limit ? undefined : sourceOfBytes(Buffer.concat(pieces))
}

/** An array of Python objects is a pickle behind its header; any other imports nothing. */
async function arrayImports(look: Look, source: ByteSource): Promise<void> {
  const { hasObjects, dataOffset } = await readNpy(source, look.signal)
  if (!hasObjects) return
  if (source.size >= ARRAY_BYTES)
    unclear(look, 'it holds Python objects, of which only the first were looked at for imports')
  await pickleImports(look, sliceOfSource(source, dataOffset, source.size))
}

async function pickleImports(look: Look, source: ByteSource): Promise<void> {
  const { found, budget, signal } = look
  let at = 0
  for (let i = 0; i < MAX_STREAMS && at < source.size; i++) {
    const run = await runPickle(source, {
      start: at,
      steps: budget,
      signal,
      sink: (event) => {
        if (event.kind === 'global') put(found, `${event.module}.${event.name}`)
        else if (event.kind === 'unresolved') put(found, 'a name that is made at run time')
      },
    })
    if (run.end !== 'stop') {
      // What follows PyTorch's five streams are numbers; the first stream must end well.
      if (i === 0)
        unclear(look, `its pickle breaks (${run.reason ?? 'unknown'}), so its imports may be incomplete`)
      return
    }
    at = run.endOffset
  }
}

function put(found: Imports, name: string): void {
  found.names.add(found.names.size < MAX_NAMES ? name.slice(0, 200) : `more than ${MAX_NAMES} names`)
}

async function pythonImports(look: Look, text: string | undefined): Promise<void> {
  if (text === undefined || !isPython(text)) {
    unclear(look, 'it is no Python that can be read, so its imports were not compared')
    return
  }
  for (const { module, name: what } of (await readPython(text)).imports)
    put(look.found, what === undefined || what === '*' ? module : `${module}.${what}`)
}

/** Code that transformers loads for a configuration: `"auto_map": {"AutoModel": "org/repo--modeling.Class"}`. */
function mappedCode({ found }: Look, text: string | undefined): void {
  if (text === undefined || !text.includes('auto_map')) return
  for (const value of Object.values(recordOf(recordOf(parseJson(text)).auto_map))) {
    const target = textOf(value)
    if (target !== undefined) put(found, `auto_map ${target}`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Information: no configuration that a loader could read.
  }
}
