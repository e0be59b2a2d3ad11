import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import { type RunStore, writeRunLine } from '../../services/training/index.ts'

/** Bytes. A year of samples is below 40 MB. */
const MAX_JOURNAL_BYTES = 64 * 2 ** 20
/** Bytes of one file beside the journal: as large as a sealed statement may be. */
const MAX_FILE_BYTES = 64 * 2 ** 20
const [LOCK_TRIES, LOCK_WAIT_MS] = [100, 10]
const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Runs as folders `ID/` with a journal each, which is on the disk before its command begins.
 * @param options `lock` holds a folder for one process at a time, until it dies at the latest
 */
export function openRunFolders(options: {
  readonly folder: string
  readonly lock: (folder: string) => { release(): void }
}): RunStore {
  const { folder } = options
  const at = (id: string) => {
    if (!RUN_ID.test(id)) throw new SallyportError('NOT_FOUND', `"${id.slice(0, 80)}" is not the id of a run`)
    return join(folder, id)
  }
  return {
    begin: (plan) => storing(`the journal of run ${plan.id}`, () => begin(options, at(plan.id), plan)),
    list: async () => {
      const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return []
        throw new SallyportError('STORE_FAILED', `cannot list the runs in ${folder}: ${cause.message}`, {
          cause,
        })
      })
      // Ids sort by the time at which they were made.
      return names
        .filter((name) => RUN_ID.test(name))
        .sort()
        .reverse()
    },
    journal: async (id) => {
      const bytes = await readBounded(join(at(id), 'journal.jsonl'), MAX_JOURNAL_BYTES)
      if (bytes !== undefined) return new TextDecoder('utf-8').decode(bytes)
      if (!existsSync(at(id))) throw new SallyportError('NOT_FOUND', `there is no run ${id} here`)
      return ''
    },
    hold: (id) => {
      try {
        return options.lock(at(id))
      } catch (cause) {
        if (cause instanceof SallyportError && cause.code === 'LOG_LOCKED') return undefined
        throw cause
      }
    },
    write: (id, name, bytes) => writeDurably(at(id), name, bytes),
    read: (id, name) => readBounded(join(at(id), name), MAX_FILE_BYTES),
  }
}

function begin(
  options: { readonly folder: string; readonly lock: (folder: string) => { release(): void } },
  folder: string,
  plan: Parameters<RunStore['begin']>[0],
): ReturnType<RunStore['begin']> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  mkdirSync(folder, { mode: 0o700 })
  const held = lockPatiently(options.lock, folder)
  const file = openSync(join(folder, 'journal.jsonl'), 'ax', 0o600)
  const append: ReturnType<RunStore['begin']>['append'] = (line, isDurable) => {
    const bytes = Buffer.from(writeRunLine(line))
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    if (isDurable) fdatasyncSync(file)
  }
  append({ kind: 'plan', plan }, true)
  // The name of the journal, then the name of the run: without either, nobody would find what was written.
  for (const path of [folder, options.folder]) syncFolder(path)
  return {
    append,
    close: () => {
      closeSync(file)
      held.release()
    },
  }
}

/** Whoever looks for runs to settle may hold a folder that has just been made, for the moment of a look. */
function lockPatiently(lock: (folder: string) => { release(): void }, folder: string): { release(): void } {
  for (let tries = 0; ; tries++) {
    try {
      return lock(folder)
    } catch (cause) {
      if (tries === LOCK_TRIES) throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_WAIT_MS)
    }
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function storing<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', `cannot write ${what}: ${(cause as Error).message}`, { cause })
  }
}

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes)
      throw new SallyportError('TOO_LARGE', `${path} has ${size} bytes; the limit is ${maxBytes}`)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SallyportError('STORE_FAILED', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}

async function writeDurably(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${name}.new`)
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, join(folder, name))
    syncFolder(folder)
  } catch (cause) {
    throw new SallyportError(
      'STORE_FAILED',
      `cannot write ${join(folder, name)}: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}
