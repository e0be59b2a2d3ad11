import { readWeights, type WeightsView } from '../../assessors/weights/index.ts'
import { readSafetensors } from '../../formats/safetensors/index.ts'
import { type ByteSource, recordOf, SallyportError, utf8Text } from '../../ground/lang/index.ts'
import type { ConvertedFile, ConvertRequest } from './convert-port.ts'
import { type Plan, planConversion } from './plan-conversion.ts'
import type { Conversion, NewFiles, SourceFile, SourceModel } from './ports.ts'
import { writeSafetensors } from './write-safetensors.ts'

/** Bytes of an index of shards; the largest published has some 5 MB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024
/** Which shard holds which tensor, as transformers writes it. */
const INDEX = /(?:^|\/)[^/]+\.bin\.index\.json$/

/**
 * Makes safetensors of all pickled weights of a model, and runs none of them. Without `into` nothing is written: it is only
 * seen whether it could be.
 * @throws SallyportError `BAD_INPUT` with what stands in the way, and where
 */
export async function convertFiles(
  model: SourceModel,
  request: ConvertRequest,
  into: NewFiles | undefined,
  signal?: AbortSignal,
): Promise<Conversion> {
  const without = new Set(request.without)
  for (const name of without)
    if (!model.files.some((file) => file.name === name))
      throw new SallyportError('BAD_INPUT', `there is no file "${name.slice(0, 200)}" to leave out`)
  const wanted = model.files.filter(({ name }) => !without.has(name))
  const pickles: { readonly file: SourceFile; readonly view: WeightsView }[] = []
  for (const file of wanted) {
    const view = await model.withFile(file.name, (source) =>
      pickledWeights(file, reopening(model, file, source), signal),
    )
    if (view !== undefined) pickles.push({ file, view })
  }
  if (pickles.length === 0)
    throw new SallyportError(
      'BAD_INPUT',
      'there are no weights in it that PyTorch pickled: nothing is to be converted',
    )
  const gone = new Set(pickles.map(({ file }) => file.name))
  const indexes = wanted.filter(({ name }) => INDEX.test(name))
  const kept = wanted.map(({ name }) => name).filter((name) => !gone.has(name) && !INDEX.test(name))
  const names = newNames([...gone, ...indexes.map(({ name }) => name)], kept)
  const plans = pickles.map(({ file, view }) => ({ file, plan: planConversion({ ...file, view }, request) }))
  const files: ConvertedFile[] = []
  for (const { file, plan } of plans) files.push(await writeOne({ file, plan, names, into }, signal))
  const written: string[] = []
  for (const { name, size } of indexes)
    written.push(await writeIndex({ model, name, size, names, plans, into }))
  return { files, indexes: written, kept }
}

/** The weights of a file that PyTorch pickled; undefined for a file that holds none. @throws SallyportError `BAD_INPUT` for another pickle */
async function pickledWeights(
  { name, size }: SourceFile,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<WeightsView | undefined> {
  if (size === 0) return undefined
  const view = await readWeights(source, name, signal)
  if (view?.format === 'pytorch-zip' || view?.format === 'pytorch-legacy') return view
  const [first, second = 0] = await source.read(0, 2, signal)
  if ((first === 0x80 && second >= 2 && second <= 5) || /\.(?:pkl|pickle|joblib|dill)$/i.test(name))
    throw new SallyportError(
      'BAD_INPUT',
      `${name} is a pickle that holds no weights of PyTorch, so it cannot be converted; leave it out with --without ${name}`,
    )
  return undefined
}

/** Values are read later, when the file was closed: each read opens it anew. */
function reopening({ withFile }: SourceModel, { name }: SourceFile, { size }: ByteSource): ByteSource {
  return {
    size,
    read: (offset, length, signal) => withFile(name, (source) => source.read(offset, length, signal)),
  }
}

/** New names by the old ones: as transformers and diffusers look for them. @throws SallyportError `BAD_INPUT` when two are one */
function newNames(old: readonly string[], kept: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Map(kept.map((name) => [name, name]))
  for (const name of old) {
    const at = name.lastIndexOf('/') + 1
    const fresh = name.slice(0, at) + freshName(name.slice(at))
    const other = taken.get(fresh)
    if (other !== undefined)
      throw new SallyportError(
        'BAD_INPUT',
        other === fresh
          ? `${fresh} is there already beside ${name}; leave ${name} out with --without, and no conversion is needed`
          : `${name} and ${other} would both become ${fresh}; leave one out with --without`,
      )
    taken.set(fresh, name)
    names.set(name, fresh)
  }
  return names
}

function freshName(name: string): string {
  const model = name.replace(/^pytorch_model\b/, 'model')
  return INDEX.test(name)
    ? model.replace(/\.bin\.index\.json$/, '.safetensors.index.json')
    : `${model.replace(/\.(?:bin|pt|pth|ckpt|pkl)$/i, '')}.safetensors`
}

interface One {
  readonly file: SourceFile
  readonly plan: Plan
  readonly names: ReadonlyMap<string, string>
  readonly into: NewFiles | undefined
}

async function writeOne({ file, plan, names, into }: One, signal?: AbortSignal): Promise<ConvertedFile> {
  const to = names.get(file.name) ?? file.name
  const metadata = {
    // What transformers asks for before it loads a file (modeling_utils.load_state_dict).
    format: 'pt',
    'sallyport.from': `sha256:${file.sha256}`,
    ...(plan.shared.length === 0 ? {} : { 'sallyport.shared': JSON.stringify(plan.shared) }),
  }
  let sizeBytes = 0
  if (into !== undefined) {
    const chunks = writeSafetensors(plan.tensors, metadata, signal)
    await into.write(
      to,
      counted(chunks, (bytes) => {
        sizeBytes += bytes
      }),
    )
    await into.read(to, (source) => check(to, source, plan))
  }
  const { shared, dropped } = plan
  return { from: file.name, to, tensors: plan.tensors.length, sizeBytes, shared, dropped }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  note: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    note(chunk.length)
    yield chunk
  }
}

/** Reads the new file's header as everybody else will. @throws SallyportError `STORE_FAILED` when it is not what was meant */
async function check(name: string, source: ByteSource, { tensors }: Plan): Promise<void> {
  const view = await readSafetensors(source)
  const found = new Map(view.tensors.map((tensor) => [tensor.name, tensor]))
  const wrong = tensors.find(({ name: tensor, dtype, shape }) => {
    const one = found.get(tensor)
    return one?.dtype !== dtype || one.shape.join() !== shape.join()
  })
  if (view.problems.length > 0 || wrong !== undefined || found.size !== tensors.length)
    throw new SallyportError(
      'STORE_FAILED',
      `${name} was written and is not what it should be: ${view.problems[0]?.message ?? `the tensor "${wrong?.name ?? ''}" differs`}`,
    )
}

interface Index {
  readonly model: SourceModel
  readonly name: string
  readonly size: number
  readonly names: ReadonlyMap<string, string>
  readonly plans: readonly { readonly file: SourceFile; readonly plan: Plan }[]
  readonly into: NewFiles | undefined
}

/** The index of the new shards: which file holds which tensor. @throws SallyportError `BAD_INPUT` when a shard is missing */
async function writeIndex({ model, name, size, names, plans, into }: Index): Promise<string> {
  const to = names.get(name) ?? name
  const folder = name.slice(0, name.lastIndexOf('/') + 1)
  const text =
    size > MAX_INDEX_BYTES
      ? undefined
      : utf8Text(await model.withFile(name, (source) => source.read(0, size)))
  const listed = recordOf(recordOf(parseJson(text)).weight_map)
  const shards = new Set(Object.values(listed).map((shard) => `${folder}${String(shard)}`))
  const mine = plans.filter(({ file }) => shards.has(file.name))
  if (shards.size === 0 || mine.length !== shards.size)
    throw new SallyportError('BAD_INPUT', `${name} names shards that are not there, or none`)
  let total = 0
  const entries: [string, string][] = []
  for (const { file, plan } of mine)
    for (const tensor of plan.tensors) {
      total += tensor.sizeBytes
      entries.push([tensor.name, (names.get(file.name) ?? '').slice(folder.length)])
    }
  const members = entries.map(([tensor, file]) => `    ${JSON.stringify(tensor)}: ${JSON.stringify(file)}`)
  const json = `{\n  "metadata": { "total_size": ${total} },\n  "weight_map": {\n${members.join(',\n')}\n  }\n}\n`
  await into?.write(to, oneChunk(Buffer.from(json)))
  return to
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined // Information: the caller refuses an index that names no shards.
  }
}
