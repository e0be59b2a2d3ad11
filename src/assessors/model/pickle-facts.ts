import {
  type PickleEvent,
  type PickleRun,
  type StoredText,
  type Value,
  writePython,
} from '../../formats/pickle/index.ts'
import { isExhausting } from './exhausting-call.ts'
import { graphCodeOf } from './graph-code.ts'
import type { ImportPolicy } from './import-policy.ts'
import { type ImportSeen, isActive } from './import-seen.ts'
import {
  bytesOfText,
  classOfPersistent,
  extensionValue,
  innerBytesOf,
  isEmptyCall,
  isMaker,
  isPlainCall,
  isTensorCall,
  judgeCall,
  packedBytesOf,
  textsOf,
} from './judge-call.ts'
import { noSights, type Sight, type SightKind } from './pickle-sights.ts'
import { kerasFileOf } from './pickled-keras.ts'
import { isReachingName } from './reaching-names.ts'
import { isResource } from './resource-names.ts'
import { isRunByState } from './state-code.ts'
import { type SecretSeen, SecretWatch } from './words/secrets/secret-watch.ts'

/** Different imports kept of one stream. A real model has fewer than a hundred. */
const MAX_IMPORTS = 2000
/** Other things kept, of each kind. */
const MAX_SEEN = 50
/** Bytes objects that may hold another model, kept for the walker. */
const MAX_INNER = 8192

/** A storage that a PyTorch pickle refers to by persistent id: `('storage', torch.FloatStorage, '0', 'cpu', 16)`. */
export interface StorageSeen {
  readonly key: string
  readonly storageType: string
  readonly count: number
}

/** Bytes inside the stream that are, or may be, a model of their own. */
export interface InnerBytes {
  /**
   * `loaded`: a call in the stream reads them. `model`: the file of a model that its framework reads. `unpacked`: a call unpacks
   * them. `nested`: they only begin like a pickle.
   */
  readonly kind: 'loaded' | 'model' | 'unpacked' | 'nested'
  readonly offset: number
  readonly length: number
  /** Set when they were decoded from text and stand nowhere in the file. */
  readonly bytes?: Uint8Array
  /** Set when they are the encoding of a text that stands at `offset`. */
  readonly stored?: StoredText
}

/** What the rules for pickles look at: everything that loading a file would do, gathered over its streams. */
export interface PickleFacts {
  readonly imports: readonly ImportSeen[]
  readonly sights: Readonly<Record<SightKind, readonly Sight[]>>
  readonly storages: readonly StorageSeen[]
  readonly inner: readonly InnerBytes[]
  readonly secrets: readonly SecretSeen[]
  readonly runs: readonly PickleRun[]
  /** More was seen than is kept. */
  readonly isCut: boolean
}

/** Gathers the events of streams into facts, in bounded memory. */
export class FactGatherer {
  readonly #policy: ImportPolicy
  readonly #imports = new Map<string, ImportSeen>()
  readonly #storages = new Map<string, StorageSeen>()
  readonly #sights = noSights()
  readonly #inner: InnerBytes[] = []
  readonly #secrets = new SecretWatch()
  readonly onText = this.#secrets.take
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
        this.#addCall(event, trail)
        break
      case 'unresolved':
        this.#see('unresolved', event.offset, [event.module, event.name], trail)
        break
      case 'attribute':
        this.#addAttribute(event, trail)
        break
      case 'build':
        this.#addBuild(event, trail)
        break
      case 'mutate':
        this.#addMutation(event, trail)
        break
      case 'costly':
        this.#note('costly', { offset: event.offset, text: event.what, trail: trail() })
        break
      case 'ext':
        this.#see('extensions', event.offset, [extensionValue(event.code)], trail)
        break
      case 'nested':
        this.#addInner(event.value, 'nested')
        break
      case 'persistent':
        this.#addStorage(event.id)
    }
  }

  facts(): PickleFacts {
    return {
      imports: [...this.#imports.values()],
      sights: this.#sights,
      storages: [...this.#storages.values()],
      inner: this.#inner,
      secrets: this.#secrets.seen(),
      runs: this.runs,
      isCut: this.#isCut,
    }
  }

  /** Whether anything known to be active, or reaching it, was imported or called. */
  hasActive(): boolean {
    const { unresolved, attributes, actingCalls, attackCode, stateCode } = this.#sights
    if ([unresolved, attributes, actingCalls, attackCode, stateCode].some(({ length }) => length > 0))
      return true
    return [...this.#imports.values()].some((seen) => seen.role === 'reach' || isActive(seen))
  }

  #addImport(event: PickleEvent & { kind: 'global' }, trail: () => string[]): void {
    const { module, name, offset } = event
    const key = `${module}\0${name}`
    const known = this.#imports.get(key)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const role = this.#policy.roleOf(module, name)
    const isBad = role === 'active' || role === 'reach'
    // What a call reaches is judged with what it was read of, unless it acts.
    if (event.isDerived && (!isBad || isReachingName(name.slice(name.lastIndexOf('.') + 1)))) return
    if (this.#imports.size >= MAX_IMPORTS && !isBad) {
      this.#isCut = true
      return
    }
    if (this.#imports.size >= 2 * MAX_IMPORTS) return
    this.#imports.set(key, {
      module,
      name,
      role,
      offset,
      trail: trail(),
      count: 1,
      isCalled: false,
      calls: 0,
      safeCalls: 0,
    })
  }

  #addCall(event: PickleEvent & { kind: 'call' }, trail: () => string[]): void {
    const { call, offset } = event
    const callee = classOfPersistent(call.callee)
    this.#noteCallee(event, callee)
    if (call.args.kind === 'tuple')
      for (const arg of call.args.items.slice(0, 8)) if (arg.kind === 'global') this.#noteUse(event, arg)
    const seen = callee.kind === 'global' && this.#imports.has(`${callee.module}\0${callee.name}`)
    const file = kerasFileOf(call)
    const kind = judgeCall(this.#policy, { ...event, callee, isImported: seen })
    if (kind !== undefined && file === undefined) this.#see(kind, offset, [call], trail)
    if (graphCodeOf(this.#policy, call) === 'own') this.#see('code', offset, [call], trail)
    if (isExhausting({ ...call, callee })) this.#see('exhausting', offset, [call], trail)
    const inner = innerBytesOf(call)
    if (inner !== undefined) this.#addInner(inner, 'loaded')
    if (file !== undefined) this.#addInner(file, 'model')
    const packed = packedBytesOf(call)
    if (packed?.kind === 'bytes') this.#addInner(packed, 'unpacked')
  }

  #noteCallee(event: PickleEvent & { kind: 'call' }, callee: Value): void {
    if (callee.kind !== 'global') return
    const { call, way, offset } = event
    const seen = this.#imports.get(`${callee.module}\0${callee.name}`)
    if (seen === undefined || seen.role === 'callable') return
    seen.calls += 1
    if (seen.role === 'active' && this.#isSafe(call)) {
      seen.safeCalls += 1
      return
    }
    const isEmpty = seen.role === 'class' ? isPlainCall(call) : isEmptyCall(call)
    const isFirst = !seen.isCalled
    const opens = isResource(seen.name) && (!isEmptyCall(call) || call.kwargs !== undefined)
    if (way === 'newobj' ? opens : !isEmpty) seen.isCalled = true
    if (!isFirst || (seen.call !== undefined && !seen.isCalled)) return
    seen.call = writePython(call)
    seen.callOffset = offset
  }

  #isSafe(call: Value & { kind: 'call' }): boolean {
    if (kerasFileOf(call) !== undefined) return true
    const graph = graphCodeOf(this.#policy, call)
    return graph === undefined ? this.#policy.isSafeCall(writePython(call)) : graph !== 'acting'
  }

  #noteUse({ call, offset }: PickleEvent & { kind: 'call' }, part: Value & { kind: 'global' }): void {
    const seen = this.#imports.get(`${part.module}\0${part.name}`)
    if (seen === undefined || seen.role === 'callable' || seen.call !== undefined) return
    seen.call = writePython(call)
    seen.callOffset = offset
  }

  #addAttribute(event: PickleEvent & { kind: 'attribute' }, trail: () => string[]): void {
    const { of, name, offset } = event
    const isPlain = name.kind === 'str' && !name.cut && /^_?[A-Za-z][A-Za-z0-9_]*$/.test(name.text)
    const getattr: Value = { kind: 'global', module: 'builtins', name: 'getattr' }
    const args: Value = { kind: 'tuple', items: [of, name], count: 2 }
    const isSafe = isPlain && !isReachingName(name.text)
    if (of.kind === 'global' && (isSafe || isMaker(this.#policy, of, name))) return
    this.#see(isSafe ? 'methods' : 'attributes', offset, [{ kind: 'call', callee: getattr, args }], trail)
  }

  /** BUILD on something imported changes it for the whole process; `__class__` among slots makes an object another's. */
  #addBuild({ target, state, offset }: PickleEvent & { kind: 'build' }, trail: () => string[]): void {
    const slots = state.kind === 'tuple' && state.count === 2 ? state.items[1] : undefined
    const isForeign = ['global', 'unknown', 'persistent', 'attribute'].includes(target.kind)
    if (isForeign || textsOf(slots).includes('__class__'))
      this.#see('changes', offset, [target, state], trail)
    if (isRunByState(target, state)) this.#see('stateCode', offset, [target, state], trail)
  }

  #addMutation({ target, items, offset }: PickleEvent & { kind: 'mutate' }, trail: () => string[]): void {
    if (target.kind !== 'call') this.#see('changes', offset, [target, ...items.slice(0, 4)], trail)
    else if (isTensorCall(target)) this.#see('tensorItems', offset, [target], trail)
  }

  #see(kind: SightKind, offset: number, values: readonly Value[], trail: () => string[]): void {
    const text = values.map((value) => writePython(value)).join(', ')
    this.#note(kind, { offset, text, trail: trail() })
  }

  #note(kind: SightKind, sight: Sight): void {
    const list = this.#sights[kind]
    if (list.length < MAX_SEEN) list.push(sight)
    else if (kind !== 'methods') this.#isCut = true
  }

  #addStorage(id: Value): void {
    if (id.kind !== 'tuple' || this.#storages.size >= 1_000_000) return
    const [tag, type, key, , count] = id.items
    if (tag?.kind !== 'str' || tag.text !== 'storage' || type?.kind !== 'global') return
    // torch.package numbers its storages, torch.save writes the number as text.
    const name = key?.kind === 'str' ? key.text : key?.kind === 'constant' ? key.python : undefined
    const items = count?.kind === 'constant' ? Number(count.python) : Number.NaN
    if (name !== undefined && Number.isSafeInteger(items))
      this.#storages.set(name, { key: name, storageType: type.name, count: items })
  }

  #addInner(value: Value, kind: InnerBytes['kind']): void {
    const bytes = value.kind === 'str' ? bytesOfText(value) : value
    // Bytes that are only data need not all be tried.
    if (bytes?.kind !== 'bytes' || this.#inner.length >= MAX_INNER) {
      this.#isCut ||= kind === 'loaded' || kind === 'model'
      return
    }
    const same = this.#inner.findIndex((known) => known.offset >= 0 && known.offset === bytes.offset)
    if (same >= 0 && kind === 'nested') return
    if (same >= 0) this.#inner.splice(same, 1)
    const { stored } = bytes
    if (stored !== undefined) {
      this.#inner.push({ kind, offset: stored.offset, length: stored.length, stored })
      return
    }
    const inner = { kind, offset: bytes.offset, length: bytes.length }
    if (bytes.offset < 0 && bytes.bytes.length < bytes.length) this.#isCut = true
    this.#inner.push(bytes.offset < 0 ? { ...inner, bytes: bytes.bytes } : inner)
  }
}
