import { readPython } from '../../../formats/python/index.ts'
import { type ByteSource, utf8Text } from '../../../ground/lang/index.ts'
import { roleOf } from '../python/loader-hooks.ts'
import type { RepositoryFile, RepositorySubject } from '../subjects/repository-subject.ts'
import { judgeTogether, type ReadPython } from './reached-code.ts'

/** A repository that can be read: names, and the bytes behind them. */
export interface Repository {
  readonly files: readonly RepositoryFile[]
  /** Opens a file, hands it over, and closes it. */
  readonly withFile: <T>(name: string, use: (source: ByteSource) => Promise<T>) => Promise<T>
}

/** Bytes of one configuration that are read. The largest config.json seen has 60 kB, the largest index 2 MB. */
const MAX_CONFIG_BYTES = 8 * 1024 * 1024
/** Configurations read. */
const MAX_CONFIGS = 1000
/** Bytes of one Python file that are read here; a longer one was judged for itself. */
const MAX_PYTHON_BYTES = 1024 * 1024
/** Python files, and their bytes in all: about two seconds. */
const MAX_PYTHON_FILES = 400
const MAX_ALL_PYTHON_BYTES = 8 * 1024 * 1024
/** Bytes of compiled Python: magic, flags, time and size of the source (PEP 552). */
const COMPILED_HEAD = 16
/** Bytes at the start of a tokenizer.json in which the tokens beside the vocabulary stand. */
const TOKENIZER_HEAD = 2 * 1024 * 1024

const CONFIG =
  /(?:^|\/)(?:[\w.-]*config[\w.-]*|modules|model_index|model-settings|params|[\w.-]+\.index)\.json$|(?:^|\/)(?:README\.md|bentofile\.ya?ml|MLmodel|\.git\/hooks\/[\w-]+|\.git\/config|\.gitattributes)$/i
const TOKENIZER = /(?:^|\/)tokenizer\.json$/i

/** Whether files are such that only together they say what a loader does: configurations that name code, or several files of code. */
export function isTelling(files: readonly RepositoryFile[]): boolean {
  const names = files.map(({ name }) => name)
  return files.length > 1 && names.some((name) => CONFIG.test(name) || /\.(?:py[co]?|onnx|xml)$/i.test(name))
}

/**
 * What only the files together tell.
 * @throws SallyportError what reading throws
 */
export async function readRepository(repository: Repository): Promise<RepositorySubject> {
  const texts = await readTexts(repository)
  return {
    kind: 'repository',
    files: repository.files,
    names: new Set(repository.files.map(({ name }) => name)),
    texts,
    documents: new Map([...documentsOf(texts), ...(await readTokenizers(repository))]),
    python: judgeTogether(await readAllPython(repository)),
    compiled: await readCompiled(repository),
  }
}

async function readTexts({ files, withFile }: Repository): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const { name, sizeBytes } of files) {
    if (!CONFIG.test(name) || sizeBytes > MAX_CONFIG_BYTES || texts.size >= MAX_CONFIGS) continue
    const text = utf8Text(await withFile(name, (source) => source.read(0, source.size)))
    if (text !== undefined) texts.set(name, text.replace(/^\ufeff/, ''))
  }
  return texts
}

function documentsOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  const documents = new Map<string, unknown>()
  for (const [name, text] of texts) if (/\.json$/i.test(name)) putJson(documents, name, text)
  return documents
}

function putJson(documents: Map<string, unknown>, name: string, text: string): void {
  try {
    documents.set(name, JSON.parse(text))
  } catch {
    // Information: it is no JSON, which the assessment of the file alone tells.
  }
}

/** Of a tokenizer.json only the tokens beside its vocabulary, which may have 30 MB: they stand in front of it. */
async function readTokenizers({ files, withFile }: Repository): Promise<ReadonlyMap<string, unknown>> {
  const documents = new Map<string, unknown>()
  for (const { name } of files.filter((file) => TOKENIZER.test(file.name)).slice(0, MAX_CONFIGS)) {
    const bytes = await withFile(name, (source) => source.read(0, TOKENIZER_HEAD))
    const list = /"added_tokens"\s{0,20}:\s{0,20}(\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])/.exec(
      Buffer.from(bytes).toString('utf8'),
    )?.[1]
    if (list !== undefined) putJson(documents, name, `{"added_tokens":${list}}`)
  }
  return documents
}

/** A single Python file has no others that could call it. */
async function readAllPython({ files, withFile }: Repository): Promise<ReadonlyMap<string, ReadPython>> {
  const read = new Map<string, ReadPython>()
  const named = files.filter(({ name, sizeBytes }) => /\.py$/i.test(name) && sizeBytes <= MAX_PYTHON_BYTES)
  if (named.length < 2) return read
  let left = MAX_ALL_PYTHON_BYTES
  for (const { name, sizeBytes } of named.slice(0, MAX_PYTHON_FILES)) {
    if (sizeBytes > left) continue
    left -= sizeBytes
    const text = utf8Text(await withFile(name, (source) => source.read(0, source.size)))
    if (text === undefined) continue
    const view = await readPython(text)
    read.set(name, { view, role: roleOf(name, text, view) })
  }
  return read
}

async function readCompiled({ files, withFile }: Repository): Promise<ReadonlyMap<string, Uint8Array>> {
  const heads = new Map<string, Uint8Array>()
  for (const { name } of files.filter((file) => /\.py[co]$/i.test(file.name)).slice(0, MAX_PYTHON_FILES))
    heads.set(name, await withFile(name, async (source) => (await source.read(0, COMPILED_HEAD)).slice()))
  return heads
}
