import {
  type CallWay,
  type PickleEvent,
  type PickleRun,
  type Value,
  writePython,
} from '../../formats/pickle/index.ts'
import type { ImportPolicy, ImportRole } from './import-policy.ts'

/** Different imports kept of one stream. A real model has fewer than a hundred. */
const MAX_IMPORTS = 2000
/** Other things kept, of each kind. */
const MAX_SEEN = 50
/** Bytes objects that may hold another model, kept for the walker. */
const MAX_INNER = 256

/** An imported name, and the first call it takes part in. */
export interface ImportSeen {
  readonly module: string
  readonly name: string
  readonly role: ImportRole
  readonly offset: number
  readonly trail: readonly string[]
  count: number
  call?: string
  /** Offset of that call. */
  callOffset?: number
  /** A class was called with arguments, not only made into an empty object. */
  isCalled: boolean
  /** builtins.getattr was used on something other than a plain attribute of an object. */
  isUnsafe: boolean
}

/** Something odd that happened once. */
export interface Sight {
  readonly offset: number
  readonly text: string
  readonly trail: readonly string[]
}

/** A storage that a PyTorch pickle refers to by persistent id: `('storage', torch.FloatStorage, '0', 'cpu', 16)`. */
export interface StorageSeen {
  readonly key: string
  readonly storageType: string
  readonly count: number
}

/** Bytes inside the stream that the loader reads as a model of their own. */
export interface InnerBytes {
  readonly offset: number
  readonly length: number
  /** Set when they were decoded from text and stand nowhere in the file. */
  readonly bytes?: Uint8Array
}

/** What the rules for pickles look at: everything that loading a file would do, gathered over its streams. */
export interface PickleFacts {
  readonly imports: readonly ImportSeen[]
  readonly unresolved: readonly Sight[]
  readonly dynamicCalls: readonly Sight[]
  readonly changes: readonly Sight[]
  readonly extensions: readonly Sight[]
  readonly storages: readonly StorageSeen[]
  readonly inner: readonly InnerBytes[]
  readonly runs: readonly PickleRun[]
  /** More was seen than is kept. */
  readonly isCut: boolean
}

type SightKind = 'unresolved' | 'dynamicCalls' | 'changes' | 'extensions'

/** Gathers the events of streams into facts, in bounded memory. */
export class FactGatherer {
  readonly #policy: ImportPolicy
  readonly #imports = new Map<string, ImportSeen>()
  readonly #storages = new Map<string, StorageSeen>()
  readonly #sights: Record<SightKind, Sight[]> = {
    unresolved: [],
    dynamicCalls: [],
    changes: [],
    extensions: [],
  }
  readonly #inner: InnerBytes[] = []
  readonly runs: PickleRun[] = []
  #isCut = false

  constructor(policy: ImportPolicy) {
    this.#policy = policy
  }

  readonly sink = (event: PickleEvent, trail: () => string[]): void => {
    switch (event.kind) {
      case 'global':
        this.#addImport(event, trail)
        break
      case 'call':
        this.#addCall(event.call, event.way, event.offset, trail)
        break
      case 'unresolved':
        this.#see('unresolved', event.offset, [event.module, event.name], trail)
        break
      case 'build':
        if (isForeign(event.target)) this.#see('changes', event.offset, [event.target, event.state], trail)
        break
      case 'mutate':
        this.#see('changes', event.offset, [event.target, ...event.items.slice(0, 4)], trail)
        break
      case 'ext':
        this.#see(
          'extensions',
          event.offset,
          [{ kind: 'constant', python: `copyreg extension ${event.code}` }],
          trail,
        )
        break
      case 'persistent':
        this.#addStorage(event.id)
    }
  }

  facts(): PickleFacts {
    return {
      imports: [...this.#imports.values()],
      ...this.#sights,
      storages: [...this.#storages.values()],
      inner: this.#inner,
      runs: this.runs,
      isCut: this.#isCut,
    }
  }

  /** Whether anything known to be active, or reaching it, was imported. */
  hasActive(): boolean {
    return [...this.#imports.values()].some(({ role }) => role === 'active' || role === 'reach')
  }

  #addImport(
    event: { module: string; name: string; offset: number },
    trail: () => string[],
  ): ImportSeen | undefined {
    const { module, name, offset } = event
    const key = `${module}\0${name}`
    const known = this.#imports.get(key)
    if (known !== undefined) {
      known.count += 1
      return known
    }
    const role = this.#policy.roleOf(module, name)
    if (this.#imports.size >= MAX_IMPORTS && role !== 'active' && role !== 'reach') {
      this.#isCut = true
      return undefined
    }
    if (this.#imports.size >= 2 * MAX_IMPORTS) return undefined
    const seen: ImportSeen = {
      module,
      name,
      role,
      offset,
      trail: trail(),
      count: 1,
      isCalled: false,
      isUnsafe: false,
    }
    this.#imports.set(key, seen)
    return seen
  }

  #addCall(call: Value & { kind: 'call' }, way: CallWay, offset: number, trail: () => string[]): void {
    const { args } = call
    const callee = classOfPersistent(call.callee)
    this.#noteCall(call, callee, offset, way)
    if (args.kind === 'tuple')
      for (const arg of args.items.slice(0, 8)) this.#noteCall(call, arg, offset, undefined)
    if (callee.kind !== 'global') {
      if (callee.kind === 'call' || isForeign(callee)) this.#see('dynamicCalls', offset, [call], trail)
      return
    }
    if (callee.module === 'torch.storage' && callee.name === '_load_from_bytes') this.#addInner(args)
  }

  #noteCall(call: Value & { kind: 'call' }, part: Value, offset: number, way: CallWay | undefined): void {
    if (part.kind !== 'global') return
    const seen = this.#imports.get(`${part.module}\0${part.name}`)
    if (seen === undefined || seen.role === 'callable') return
    const isCallee = way !== undefined
    if (isCallee && way !== 'newobj' && !(call.args.kind === 'tuple' && call.args.count === 0))
      seen.isCalled = true
    if (isCallee && seen.role === 'attribute') seen.isUnsafe ||= !isPlainAttribute(call.args)
    if (seen.call !== undefined && !(isCallee && seen.role === 'class')) return
    seen.call = writePython(call)
    seen.callOffset = offset
  }

  #see(kind: SightKind, offset: number, values: readonly Value[], trail: () => string[]): void {
    const list = this.#sights[kind]
    if (list.length >= MAX_SEEN) this.#isCut = true
    else list.push({ offset, text: values.map((value) => writePython(value)).join(', '), trail: trail() })
  }

  #addStorage(id: Value): void {
    if (id.kind !== 'tuple' || this.#storages.size >= 1_000_000) return
    const [tag, type, key, , count] = id.items
    if (tag?.kind !== 'str' || tag.text !== 'storage' || type?.kind !== 'global' || key?.kind !== 'str')
      return
    const items = count?.kind === 'constant' ? Number(count.python) : Number.NaN
    if (Number.isSafeInteger(items))
      this.#storages.set(key.text, { key: key.text, storageType: type.name, count: items })
  }

  #addInner(args: Value): void {
    const bytes = args.kind === 'tuple' ? args.items[0] : undefined
    if (bytes?.kind !== 'bytes' || this.#inner.length >= MAX_INNER) {
      this.#isCut = true
      return
    }
    const inner = { offset: bytes.offset, length: bytes.length }
    if (bytes.offset < 0 && bytes.bytes.length < bytes.length) this.#isCut = true
    this.#inner.push(bytes.offset < 0 ? { ...inner, bytes: bytes.bytes } : inner)
  }
}

/** The old format of PyTorch keeps classes as `('module', class, file, source)`; its loader gives the class back. */
function classOfPersistent(callee: Value): Value {
  if (callee.kind !== 'persistent' || callee.id.kind !== 'tuple') return callee
  const [tag, named] = callee.id.items
  return tag?.kind === 'str' && tag.text === 'module' && named?.kind === 'global' ? named : callee
}

function isForeign(value: Value): boolean {
  return value.kind === 'global' || value.kind === 'unknown' || value.kind === 'persistent'
}

/** `getattr(object, 'method')` on an object that the stream made: bound methods are pickled like this. */
function isPlainAttribute(args: Value): boolean {
  if (args.kind !== 'tuple' || args.count > 3) return false
  const [target, name] = args.items
  return target?.kind === 'call' && name?.kind === 'str' && /^[A-Za-z][A-Za-z0-9_]*$/.test(name.text)
}
