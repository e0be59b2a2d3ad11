import { modernName } from './compat-names.ts'
import { CALLABLE, KEPT, lengthOf, MAKEABLE, REBUILDER, startOf, UNSET } from './plain-values.ts'

/**
 * What is known of an imported name: it may be called; it makes an object of the class that it is called with; objects of it may
 * be made without calling it (NEWOBJ); or it may only be kept as a value.
 */
export type PlainRole = 'call' | 'rebuild' | 'make' | 'keep'

/** Says the role of a name; `undefined` when a stream that imports it is not plain. */
export type JudgeName = (module: string, name: string) => PlainRole | undefined

/** Names kept. Real files share some hundred; beyond, each is judged anew. */
const MAX_KEPT = 4096
/** Names kept with one key. Real ones have one or two; a file that is made for more gets no longer search. */
const MAX_SAME = 8
/** Bytes of module and name. Longer ones are left to the machine. */
const MAX_NAME = 256

const KIND_OF: Readonly<Record<PlainRole, number>> = {
  call: CALLABLE,
  rebuild: REBUILDER,
  make: MAKEABLE,
  keep: KEPT,
}

interface Known {
  /** Module and name, one behind the other. */
  readonly bytes: Uint8Array
  readonly moduleLength: number
  readonly isOld: boolean
  readonly kind: number
}

/** Kinds of names by their bytes as they stand in a stream, so that a name seen before is not made into a text again. */
export class PlainNames {
  readonly #judge: JudgeName
  readonly #known = new Map<number, Known[]>()
  #count = 0

  constructor(judge: JudgeName) {
    this.#judge = judge
  }

  /**
   * The kind of value that an import is; `UNSET` when the stream is not plain.
   * @param module a text of the bytes (plain-values.ts), as is `name`
   * @param isOld protocols 0 to 2, which carry the names of Python 2
   */
  kindOf(bytes: Uint8Array, module: number, name: number, isOld: boolean): number {
    if (lengthOf(module) + lengthOf(name) > MAX_NAME) return UNSET
    const key = keyOf(bytes, module, name)
    const same = this.#known.get(key)
    if (same !== undefined)
      for (const one of same) if (one.isOld === isOld && isSame(one, bytes, module, name)) return one.kind
    const found = this.#judged(bytes, module, name, isOld)
    if (found !== undefined) this.#keep(key, found)
    return found?.kind ?? UNSET
  }

  #judged(bytes: Uint8Array, module: number, name: number, isOld: boolean): Known | undefined {
    const [moduleText, nameText] = [asciiText(bytes, module), asciiText(bytes, name)]
    if (moduleText === undefined || nameText === undefined) return undefined
    const modern = modernName(moduleText, nameText, isOld ? 2 : 3)
    const role = this.#judge(modern.module, modern.name)
    return {
      bytes: Uint8Array.from(Buffer.from(moduleText + nameText, 'latin1')),
      moduleLength: moduleText.length,
      isOld,
      kind: role === undefined ? UNSET : KIND_OF[role],
    }
  }

  #keep(key: number, one: Known): void {
    const same = this.#known.get(key)
    if (this.#count >= MAX_KEPT || (same !== undefined && same.length >= MAX_SAME)) return
    this.#count += 1
    if (same === undefined) this.#known.set(key, [one])
    else same.push(one)
  }
}

/** Of a few bytes that real names differ in: lengths, and the last three of each. */
function keyOf(bytes: Uint8Array, module: number, name: number): number {
  const moduleEnd = startOf(module) + lengthOf(module)
  const nameEnd = startOf(name) + lengthOf(name)
  const lengths = (lengthOf(module) << 9) | lengthOf(name)
  return (
    Math.imul(lastBytes(bytes, moduleEnd) ^ Math.imul(lastBytes(bytes, nameEnd), 0x9e37), 0x79b1) ^ lengths
  )
}

/** Whatever stands before a short name may take part: it is compared all the same. */
function lastBytes(bytes: Uint8Array, end: number): number {
  return end < 3 ? 0 : ((bytes[end - 1] ?? 0) << 16) | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 3] ?? 0)
}

function isSame(known: Known, bytes: Uint8Array, module: number, name: number): boolean {
  const { moduleLength } = known
  if (lengthOf(module) !== moduleLength || lengthOf(name) !== known.bytes.length - moduleLength) return false
  return stands(known.bytes, 0, bytes, module) && stands(known.bytes, moduleLength, bytes, name)
}

function stands(known: Uint8Array, from: number, bytes: Uint8Array, text: number): boolean {
  const [start, length] = [startOf(text), lengthOf(text)]
  for (let i = 0; i < length; i++) if (known[from + i] !== bytes[start + i]) return false
  return true
}

/** Only names of printable ASCII: of others it would matter how they are decoded. */
function asciiText(bytes: Uint8Array, place: number): string | undefined {
  const text = Buffer.from(bytes.subarray(startOf(place), startOf(place) + lengthOf(place))).toString(
    'latin1',
  )
  return /^[!-~]+$/.test(text) ? text : undefined
}
