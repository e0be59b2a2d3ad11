import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Context, constants, createContext, Script } from 'node:vm'
import type { Assessment, FileAssessment } from '../../ground/domain/index.ts'
import type { SyncBytes } from './sync-file.ts'

/** Modules that only compute; all others, and what of these needs the event loop, send the file to a worker. */
const COMPUTING = new Set(['assert', 'buffer', 'crypto', 'events', 'stream', 'string_decoder', 'url', 'util'])
/** Of zlib, what returns its result; every stream and callback waits for a thread of its own. */
const ZLIB_AT_ONCE = /^(crc32|constants|codes)$|Sync$/

/** Names of this realm that the other has too. Late: Node sets most of them up when they are first asked for. */
const LENT = ['TextDecoder', 'TextEncoder', 'URL', 'AbortSignal', 'structuredClone', 'performance']

/** What became of one file, or of all together: `pending` when it waits for something that is not at hand. */
export type RealmOutcome =
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly files: readonly FileAssessment[] }
  | { readonly state: 'failed'; readonly reason: string }

/** One file to be assessed. */
export interface RealmTask {
  readonly name: string
  readonly bytes: SyncBytes
  outcome: RealmOutcome
}

/** Makes one assessment of the files' ones. */
export type JoinFiles = (files: readonly FileAssessment[], startedAt: Date, finishedAt: Date) => Assessment

/** Says at once of a small file what a full look would say, or nothing when that takes more. */
type AssessPlain = (name: string, bytes: Uint8Array) => FileAssessment | undefined

/** What the script exports: src/assess-now.ts. */
interface AssessNow {
  readonly assessPlain: AssessPlain
  readonly joinFiles: JoinFiles
  readonly begin: (tasks: readonly RealmTask[], onTask: (task: RealmTask) => void) => void
  readonly beginTogether: (
    box: { outcome: RealmOutcome },
    files: readonly { readonly name: string; readonly sizeBytes: number }[],
    withBytes: (name: string) => SyncBytes,
  ) => void
}

export interface RealmOptions {
  /** The assessor as one script. */
  readonly scriptFile: string
  /** Keeps V8's code for the script, so that the next process need not compile it. */
  readonly codeCacheFolder?: string
  /** Milliseconds after which V8 stops a call. */
  readonly timeoutMs: number
}

/**
 * A second realm of this thread with its own queue of microtasks: what runs there is drained, and stopped by the clock, inside
 * one call (node:vm, `timeout` with `microtaskMode: 'afterEvaluate'`). Spares a thread where a file is soon done.
 */
export class ScanRealm {
  readonly #options: RealmOptions
  #inside: { context: Context; door: AssessNow } | undefined
  #script: Script | undefined
  /** The task that runs, and those that asked for what only a worker has. */
  #current: object = {}
  readonly #wanting = new Set<object>()
  readonly #go = new Script('go()')

  constructor(options: RealmOptions) {
    this.#options = options
  }

  /** Assesses files one after another in one call; what is not `done` afterwards is for a worker. */
  assess(files: readonly { readonly name: string; readonly bytes: SyncBytes }[]): readonly RealmOutcome[] {
    const tasks = files.map(({ name, bytes }): RealmTask => ({ name, bytes, outcome: { state: 'pending' } }))
    this.#run((door) =>
      door.begin(tasks, (task) => {
        this.#current = task
      }),
    )
    return tasks.map((task) => (this.#wanting.has(task) ? { state: 'pending' } : task.outcome))
  }

  /** What only all files together tell, or not `done`. */
  assessTogether(
    files: readonly { readonly name: string; readonly sizeBytes: number }[],
    withBytes: (name: string) => SyncBytes,
  ): RealmOutcome {
    const box: { outcome: RealmOutcome } = { outcome: { state: 'pending' } }
    this.#run((door) => {
      this.#current = box
      door.beginTogether(box, files, withBytes)
    })
    return this.#wanting.has(box) ? { state: 'pending' } : box.outcome
  }

  /** No clock is needed: its time is bounded by the bytes. */
  readonly assessPlain: AssessPlain = (name, bytes) => this.#opened().door.assessPlain(name, bytes)

  /** The assessor's own way to join, which waits for nothing. */
  readonly joinFiles: JoinFiles = (...parts) => this.#opened().door.joinFiles(...parts)

  /** Loads the script now, not with the first file. */
  open(): void {
    this.#opened()
  }

  #opened() {
    const inside = this.#inside ?? this.#open()
    this.#inside = inside
    return inside
  }

  #run(begin: (door: AssessNow) => void): void {
    const inside = this.#opened()
    this.#wanting.clear()
    Object.assign(inside.context, { go: () => begin(inside.door) })
    try {
      this.#go.runInContext(inside.context, { timeout: this.#options.timeoutMs })
    } catch {
      // Stopped half-way, or a bug: what stands in the realm is not to be trusted any more. Workers say what it was.
      this.#inside = undefined
    }
  }

  #open() {
    const context = createContext(constants.DONT_CONTEXTIFY, { microtaskMode: 'afterEvaluate' })
    this.#script ??= this.#compile()
    const module: { exports: object } = { exports: {} }
    // One set of byte classes for both realms: what Node hands in is `instanceof` there too.
    Object.assign(context, { ArrayBuffer, Uint8Array, DataView, Buffer, ...this.#timers() })
    for (const name of LENT)
      Object.defineProperty(context, name, { configurable: true, get: () => Reflect.get(globalThis, name) })
    const wrapped = this.#script.runInContext(context) as (
      module: { exports: object },
      exports: object,
      require: (id: string) => unknown,
    ) => void
    wrapped(module, module.exports, this.#require())
    return { context, door: module.exports as AssessNow }
  }

  #compile(): Script {
    const { scriptFile, codeCacheFolder } = this.#options
    const source = `(function (module, exports, require) {${readFileSync(scriptFile, 'latin1')}\n})`
    // V8 tells scripts apart by their length only: the digest that the build left beside the script says which one it is.
    const digest = codeCacheFolder === undefined ? undefined : readIfThere(`${scriptFile}.sha256`)?.toString()
    const kept =
      codeCacheFolder === undefined || digest === undefined
        ? undefined
        : join(codeCacheFolder, `${process.version}-${digest.slice(0, 32)}`)
    const cachedData = kept === undefined ? undefined : readIfThere(kept)
    const script = new Script(source, {
      filename: scriptFile,
      ...(cachedData === undefined ? {} : { cachedData }),
    })
    if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected === true))
      process.once('exit', () => keepCode(kept, script.createCachedData()))
    return script
  }

  /** Waiting is for workers: a timer is noted, and never fires. */
  #timers() {
    const refuse = (what: string) => () => this.#refuse(what)
    return {
      setTimeout: refuse('setTimeout'),
      setImmediate: refuse('setImmediate'),
      setInterval: refuse('setInterval'),
      clearTimeout: () => undefined,
    }
  }

  #require(): (id: string) => unknown {
    const real = createRequire(this.#options.scriptFile)
    return (id) => {
      const name = id.replace(/^node:/, '')
      if (COMPUTING.has(name)) return real(id)
      if (name === 'zlib') return this.#zlib(real(id))
      return this.#refuse(id)
    }
  }

  #zlib(zlib: unknown): unknown {
    return new Proxy(zlib as object, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function' || ZLIB_AT_ONCE.test(String(key))) return value
        return () => this.#refuse(`zlib.${String(key)}`)
      },
    })
  }

  #refuse(what: string): never {
    this.#wanting.add(this.#current)
    throw new Error(`${what} needs a worker`)
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined // Information: nothing is kept yet.
  }
}

/** Keeps compiled code for the next process, in place of that of other versions. A folder that cannot be written only costs time. */
function keepCode(file: string, data: Buffer): void {
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true })
    writeFileSync(`${file}.${process.pid}`, data, { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // Information: the next process compiles again.
  }
}
