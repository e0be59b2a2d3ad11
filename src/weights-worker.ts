import { parentPort } from 'node:worker_threads'
import { openSyncSource, type SyncSource, writeNewFile } from './adapters/weights-thread/index.ts'
import { type ByteSource, SallyportError } from './ground/lang/index.ts'
import { type ComparedModel, compareModels, type PlacedModel } from './services/compare/index.ts'
import {
  type ConvertRequest,
  convertFiles,
  type NewFiles,
  type PlacedSource,
} from './services/convert/index.ts'

/** Files that are held open at once: the shards of two models are read side by side. */
const MAX_OPEN = 16

/** What a thread of weights is asked. */
type Job =
  | {
      readonly kind: 'compare'
      readonly before: PlacedModel
      readonly after: PlacedModel
      readonly maxBytes: number
      /** Milliseconds after which nothing more is begun. */
      readonly timeMs: number
    }
  | {
      readonly kind: 'convert'
      readonly files: PlacedSource['files']
      readonly request: ConvertRequest
      /** Without one nothing is written. */
      readonly folder?: string
    }

/** The composition root of a thread that reads weights: hostile bytes are parsed where they can be killed. One job each. */
parentPort?.once('message', (job: Job) => {
  void answer(job)
})

async function answer(job: Job): Promise<void> {
  try {
    parentPort?.postMessage({ ok: true, value: await run(job) })
  } catch (error) {
    const code = error instanceof SallyportError ? error.code : undefined
    parentPort?.postMessage({
      ok: false,
      code,
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

async function run(job: Job): Promise<unknown> {
  const files = openFiles()
  const started = performance.now()
  try {
    if (job.kind === 'convert') {
      const into = job.folder === undefined ? undefined : newFiles(job.folder)
      return await convertFiles({ files: job.files, withFile: files.opener(job.files) }, job.request, into)
    }
    const { before, after, maxBytes, timeMs } = job
    const isLate = () => performance.now() - started > timeMs
    return await compareModels(files.modelOf(before), files.modelOf(after), { maxBytes, isLate })
  } finally {
    files.close()
  }
}

/** Files by path; the one that was not used for longest is closed for another. */
function openFiles() {
  const open = new Map<string, SyncSource>()
  const sourceOf = (path: string): ByteSource => {
    const known = open.get(path)
    if (known !== undefined) {
      open.delete(path)
      open.set(path, known)
      return known
    }
    const [oldest] = open
    if (open.size >= MAX_OPEN && oldest !== undefined) {
      open.delete(oldest[0])
      oldest[1].close()
    }
    const source = openSyncSource(path)
    open.set(path, source)
    return source
  }
  const opener = (files: PlacedSource['files']): ComparedModel['withFile'] => {
    const paths = new Map(files.map((file) => [file.name, file.path]))
    return async (name, use) => use(sourceOf(paths.get(name) ?? ''))
  }
  const modelOf = (model: PlacedModel): ComparedModel => ({ ...model, withFile: opener(model.files) })
  const close = () => {
    for (const source of open.values()) source.close()
  }
  return { opener, modelOf, close }
}

function newFiles(folder: string): NewFiles {
  const paths = new Map<string, string>()
  return {
    write: async (name, chunks) => {
      paths.set(name, await writeNewFile(folder, name, chunks))
    },
    read: async (name, use) => {
      const source = openSyncSource(paths.get(name) ?? '')
      return use(source).finally(() => source.close())
    },
  }
}
