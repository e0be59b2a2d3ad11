import { runPickle } from '../../formats/pickle/index.ts'
import { isPython, readPython } from '../../formats/python/index.ts'
import { looksLikeZip, packedMember, readZip } from '../../formats/zip/index.ts'
import { type ByteSource, recordOf, textOf, utf8Text } from '../../ground/lang/index.ts'
import type { ComparedModel } from './ports.ts'

/** Opcodes of one model's pickles. */
const MAX_STEPS = 20_000_000
/** Streams of one file that are followed; PyTorch's old format has five. */
const MAX_STREAMS = 64
/** Names of one model; beyond, they are no list that a person reads. */
const MAX_NAMES = 5000
/** Bytes of a program or a configuration. */
const MAX_TEXT_BYTES = 1024 * 1024

/** What loading some files of a model imports or calls, and where that could not be told. */
export interface Imports {
  readonly names: Set<string>
  readonly unclear: { readonly path: string; readonly reason: string }[]
}

/** Whether a file may hold something that loading runs. */
export function mayImport(name: string): boolean {
  return (
    /\.(?:pkl|pickle|bin|pt|pth|ckpt|joblib|dill|npy|npz|p|model|zip|ptl|mar|py|json)$/i.test(name) ||
    !/\.\w+$/.test(name)
  )
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
    const packed = packedMember(view, member)
    if (packed.ok && packed.value.method === 'stored') await pickleImports(look, packed.value.source)
    else
      look.found.unclear.push({
        path: `${look.name}!${member.name.slice(0, 120)}`,
        reason: 'its pickle is packed, so what it imports was not compared',
      })
  }
}

async function pickleImports({ found, budget, name, signal }: Look, source: ByteSource): Promise<void> {
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
        found.unclear.push({
          path: name,
          reason: `its pickle breaks (${run.reason ?? 'unknown'}), so its imports may be incomplete`,
        })
      return
    }
    at = run.endOffset
  }
}

function put(found: Imports, name: string): void {
  if (found.names.size < MAX_NAMES) found.names.add(name.slice(0, 200))
}

async function pythonImports({ found, name }: Look, text: string | undefined): Promise<void> {
  if (text === undefined || !isPython(text)) {
    found.unclear.push({
      path: name,
      reason: 'it is no Python that can be read, so its imports were not compared',
    })
    return
  }
  for (const { module, name: what } of (await readPython(text)).imports)
    put(found, what === undefined || what === '*' ? module : `${module}.${what}`)
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
