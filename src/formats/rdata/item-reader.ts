import { StreamBreak } from '../../ground/lang/index.ts'
import type { RArgument, RNode, RSight } from './r-node.ts'
import { nameOf, type Scope, type Step, writePath } from './r-path.ts'
import { type At, cellPlace, code, data, inside, keepsItems, positionOf } from './r-place.ts'
import type { QuickStream, RStream } from './r-stream.ts'
import { HAS_ATTRIBUTES, HAS_TAG, SXP } from './sxp.ts'

/** Items of one file. A forest of a thousand trees has some hundred thousand. */
const MAX_ITEMS = 8_000_000
/** Items inside each other. R gives up at about 5,000 expressions; long formulas nest by their length. */
const MAX_DEPTH = 20_000
/** Levels after which the native stack is given time to unwind. */
const BREATH = 24
/** Nodes of code and texts that are kept in memory. */
const MAX_KEPT = 2_000_000
const MAX_SIGHTS = 20_000

/** Makes a sight, once its path and name are known. */
type Sighting = (path: string, name: string | undefined) => RSight

/** Items of a vector that is read at once. */
const MAX_QUICK = 64
/** Bytes of the items of vectors that are read at once; texts have their own. */
const QUICK_BYTES: ReadonlyMap<number, number> = new Map([
  [SXP.integer, 4],
  [SXP.logical, 4],
  [SXP.real, 8],
  [SXP.string, 0],
])

const NULL: RNode = { kind: 'special', name: 'null' }

const SPECIALS: ReadonlyMap<number, RNode> = new Map<number, RNode>([
  [SXP.null, NULL],
  [SXP.nil, NULL],
  [SXP.global, { kind: 'special', name: 'global' }],
  [SXP.unbound, { kind: 'special', name: 'unbound' }],
  [SXP.missing, { kind: 'special', name: 'missing' }],
  [SXP.baseNamespace, { kind: 'namespace', name: 'base' }],
  [SXP.baseEnvironment, { kind: 'special', name: 'base' }],
  [SXP.emptyEnvironment, { kind: 'special', name: 'empty' }],
])

/** Reads what follows the flags of one type. */
export type ReadKind = (reader: ItemReader, at: At, offset: number) => Promise<RNode>

/** Types whose attributes are read with them. */
const HAVE_OWN_ATTRIBUTES: ReadonlySet<number> = new Set([SXP.environment, SXP.altrep])

/** Reads items one inside another (ReadItem of R's serialize.c) and notes what may run. */
export class ItemReader {
  readonly stream: RStream
  readonly #sights: { readonly step: Step | undefined; readonly make: Sighting }[] = []
  readonly bindings: string[] = []
  readonly #kinds: ReadonlyMap<number, ReadKind>
  readonly #references: RNode[] = []
  #items = 0
  #kept = 0

  constructor(stream: RStream, kinds: ReadonlyMap<number, ReadKind>) {
    this.stream = stream
    this.#kinds = kinds
  }

  async item(at: At): Promise<RNode> {
    if (at.depth % BREATH === BREATH - 1) await Promise.resolve()
    const offset = this.stream.offset
    return this.itemOf(await this.stream.int(), at, offset)
  }

  /** A small item that stands in the window, or undefined: then nothing was read, and `item` does it. */
  quickItem(at: At): RNode | undefined {
    const quick = this.stream.quick
    const flags = quick?.peekInt()
    if (quick === undefined || flags === undefined || (flags & (HAS_ATTRIBUTES | HAS_TAG)) !== 0)
      return undefined
    const type = flags & 0xff
    const start = quick.offset
    const node = SPECIALS.get(type) ?? this.#quickReference(type, flags)
    if (node !== undefined) return quick.pass(4) ? node : undefined
    const size = QUICK_BYTES.get(type)
    if (size === undefined || at.position === 'code' || !quick.pass(4)) return undefined
    const found = this.#quickVector(quick, type, size)
    if (found === undefined) quick.offset = start
    else this.#count(start)
    return found
  }

  #quickReference(type: number, flags: number): RNode | undefined {
    return type === SXP.reference && flags >>> 8 !== 0 ? this.#references[(flags >>> 8) - 1] : undefined
  }

  #quickVector(quick: QuickStream, type: number, size: number): RNode | undefined {
    const count = quick.peekInt()
    if (count === undefined || count < 0 || count > MAX_QUICK || !quick.pass(4)) return undefined
    if (type !== SXP.string)
      return quick.pass(count * size) ? { kind: 'number', values: [], count } : undefined
    const values: string[] = []
    return quick.takeTexts(count, values, MAX_QUICK) === count ? { kind: 'text', values, count } : undefined
  }

  /** An item of which the flags were read. */
  async itemOf(flags: number, at: At, offset: number): Promise<RNode> {
    this.#count(offset)
    if (at.depth > MAX_DEPTH) throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, offset)
    const type = flags & 0xff
    const special = SPECIALS.get(type)
    if (special !== undefined) return special
    if (type === SXP.reference) return this.#reference(flags >>> 8, offset)
    if (type === SXP.list || type === SXP.language || type === SXP.dots) return this.#pairs(flags, at, offset)
    if (type === SXP.closure || type === SXP.promise) return this.#function(flags, at, offset)
    const read = this.#kinds.get(type)
    if (read === undefined) throw new StreamBreak('malformed', `items of type ${type} are not known`, offset)
    const scope: Scope = { names: [] }
    const value = await read(this, { ...at, scope }, offset)
    if ((flags & HAS_ATTRIBUTES) !== 0 && !HAVE_OWN_ATTRIBUTES.has(type))
      await this.#attributes({ ...at, scope })
    return value
  }

  /** Notes something that may run; names of lists come after their items, so that paths are written at the end. */
  see(step: Step | undefined, make: Sighting): void {
    if (this.#sights.length >= MAX_SIGHTS)
      throw new StreamBreak('limit', `more than ${MAX_SIGHTS} functions and expressions`, this.stream.offset)
    this.#sights.push({ step, make })
  }

  /** What may run, with the paths as they are known by now. */
  sights(): RSight[] {
    return this.#sights.map(({ step, make }) => make(writePath(step), nameOf(step)))
  }

  /** Keeps a node for later look-ups of `reference`. */
  remember(node: RNode): RNode {
    this.#references.push(node)
    return node
  }

  /** Counts nodes that stay in memory. */
  keep(count: number): void {
    this.#kept += count
    if (this.#kept > MAX_KEPT)
      throw new StreamBreak('limit', 'it holds more code than is kept', this.stream.offset)
  }

  /** A count of items; a long vector has it in two words. */
  async length(): Promise<number> {
    const offset = this.stream.offset
    const length = await this.stream.int()
    if (length >= 0) return length
    if (length !== -1) throw new StreamBreak('malformed', `a length of ${length}`, offset)
    const high = await this.stream.int()
    const low = await this.stream.int()
    if (high < 0 || high > 65_536) throw new StreamBreak('malformed', 'a length beyond 2^48', offset)
    return high * 2 ** 32 + (low >>> 0)
  }

  async #reference(packed: number, offset: number): Promise<RNode> {
    const index = packed === 0 ? await this.stream.int() : packed
    const node = this.#references[index - 1]
    if (node === undefined) throw new StreamBreak('malformed', `reference ${index} leads nowhere`, offset)
    return node
  }

  async #attributes(at: At): Promise<void> {
    await this.item(inside({ ...at, position: 'attributes' }, at.step))
  }

  /** A pairlist or call, cell by cell: they are long, not deep. */
  async #pairs(flags: number, at: At, offset: number): Promise<RNode> {
    const isCall = (flags & 0xff) === SXP.language
    const items: RArgument[] = []
    let cell = flags
    for (let index = 0; ; index++) {
      const item = await this.#cell(cell, at, { isCall, index })
      if (isCall || keepsItems(at)) items.push(item)
      const nextOffset = this.stream.offset
      const next = await this.stream.int()
      const type = next & 0xff
      if (type === SXP.null) break
      if (type !== SXP.list && type !== SXP.language && type !== SXP.dots) {
        items.push({ name: undefined, value: await this.itemOf(next, inside(at, at.step), nextOffset) })
        break
      }
      this.#count(nextOffset)
      cell = next
    }
    this.keep(items.length)
    if (!isCall) return { kind: 'pairs', items }
    const node: RNode = { kind: 'call', items, offset }
    if (at.position !== 'code') this.see(at.step, (path) => ({ kind: 'call', path, code: node, offset }))
    return node
  }

  /** Attributes, tag and value of one cell. */
  async #cell(
    flags: number,
    at: At,
    { isCall, index }: { readonly isCall: boolean; readonly index: number },
  ): Promise<RArgument> {
    if ((flags & HAS_ATTRIBUTES) !== 0) await this.#attributes({ ...at, scope: { names: [] } })
    const tagPlace = inside(at, at.step)
    const tag =
      (flags & HAS_TAG) === 0 ? undefined : (this.quickItem(tagPlace) ?? (await this.item(tagPlace)))
    const name = tag?.kind === 'symbol' ? tag.name : undefined
    const place = cellPlace(at, { name, index, isCall, cell: flags })
    const value = this.quickItem(place) ?? (await this.item(place))
    if (at.position === 'workspace' && name !== undefined) this.bindings.push(name)
    if (at.position === 'attributes' && name === 'names' && at.scope !== undefined && value.kind === 'text')
      at.scope.names = value.values
    return { name, value }
  }

  #count(offset: number): void {
    if (++this.#items > MAX_ITEMS)
      throw new StreamBreak('limit', `it holds more than ${MAX_ITEMS} items`, offset)
  }

  /** Closures and promises: environment, then formals or value, then code. */
  async #function(flags: number, at: At, offset: number): Promise<RNode> {
    if ((flags & HAS_ATTRIBUTES) !== 0) await this.#attributes(at)
    const environment = (flags & HAS_TAG) === 0 ? NULL : await this.item(inside(data(at), at.step))
    const isClosure = (flags & 0xff) === SXP.closure
    const first = await this.item(inside(isClosure ? code(at) : data(at), at.step))
    const body = await this.item(inside(code(at), at.step))
    this.keep(2)
    const position = positionOf(at)
    if (!isClosure) {
      const isForced = !(first.kind === 'special' && first.name === 'unbound')
      this.see(at.step, (path) => ({ kind: 'promise', position, path, code: body, isForced, offset }))
      return { kind: 'promise', code: body, isForced }
    }
    const closure = { kind: 'closure', formals: first, body, environment } as const
    const isActive = at.isActive === true
    this.see(at.step, (path, name) => ({ kind: 'closure', position, path, name, closure, isActive, offset }))
    return closure
  }
}
