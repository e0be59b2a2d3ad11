import { readPython } from '../../formats/python/index.ts'
import type { FileAssessment } from '../../ground/domain/index.ts'
import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'
import { makeBudget } from './budget.ts'
import { roleOf } from './python/loader-hooks.ts'
import { judgeTogether, type ReadPython } from './repository/reached-code.ts'
import { MODEL_RULES } from './rules.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import type { RepositoryFile, RepositorySubject } from './subjects/repository-subject.ts'
import { applyRules, type Walk } from './walk-report.ts'
import { verdictOf } from './walk-verdict.ts'

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

const CONFIG =
  /(?:^|\/)(?:[\w.-]*config[\w.-]*|modules|model_index|params|[\w.-]+\.index)\.json$|(?:^|\/)(?:MLmodel|\.git\/hooks\/[\w-]+|\.git\/config|\.gitattributes)$/i

/**
 * Looks at what only the files together tell, and says so file by file; files of which nothing more is to be said are left
 * out. Each file was assessed for itself by {@link assessFile}.
 * @throws SallyportError what reading throws
 */
export async function assessRepository(repository: Repository): Promise<readonly FileAssessment[]> {
  const texts = await readTexts(repository)
  const subject: RepositorySubject = {
    kind: 'repository',
    files: repository.files,
    names: new Set(repository.files.map(({ name }) => name)),
    texts,
    documents: documentsOf(texts),
    python: judgeTogether(await readAllPython(repository)),
    compiled: await readCompiled(repository),
  }
  return additionsOf(subject)
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
  for (const [name, text] of texts) {
    if (!/\.json$/i.test(name)) continue
    try {
      documents.set(name, JSON.parse(text))
    } catch {
      // Information: it is no JSON, which the assessment of the file alone tells.
    }
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
    if (text !== undefined) read.set(name, { view: await readPython(text), role: roleOf(name, text) })
  }
  return read
}

async function readCompiled({ files, withFile }: Repository): Promise<ReadonlyMap<string, Uint8Array>> {
  const heads = new Map<string, Uint8Array>()
  for (const { name } of files.filter((file) => /\.py[co]$/i.test(file.name)).slice(0, MAX_PYTHON_FILES))
    heads.set(name, await withFile(name, async (source) => (await source.read(0, COMPILED_HEAD)).slice()))
  return heads
}

function additionsOf(subject: RepositorySubject): FileAssessment[] {
  const [first] = subject.files
  if (first === undefined) return []
  const walk: Walk = {
    path: first.name,
    rules: MODEL_RULES,
    policy: STANDARD_POLICY,
    budget: makeBudget(),
    signal: undefined,
    coverage: [],
    findings: [],
  }
  applyRules(walk, { source: NOTHING, members: [], depth: 0 }, subject)
  const byPath = Map.groupBy(walk.findings, ({ location }) => location.path)
  return [...byPath].map(([path, findings]) => ({
    path,
    sizeBytes: subject.files.find(({ name }) => name === path)?.sizeBytes ?? 0,
    verdict: verdictOf({ coverage: [], findings }),
    coverage: [],
    findings,
  }))
}

const NOTHING: ByteSource = { size: 0, read: async () => new Uint8Array(0) }
