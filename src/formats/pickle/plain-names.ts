import { modernName } from './compat-names.ts'

/** What is known of an imported name: it may be called, or only objects of it made without calling it (NEWOBJ). */
export type PlainRole = 'call' | 'make'

/** Says the role of a name; `undefined` when a stream that imports it is not plain. */
export type JudgeName = (module: string, name: string) => PlainRole | undefined

/** Names kept. Real files share some hundred; beyond, each is judged anew. */
const MAX_KEPT = 4096
/** Bytes of module and name. Longer ones are left to the machine. */
const MAX_NAME = 256

/** Where a text stands in the bytes. */
interface TextPlace {
  readonly start: number
  readonly length: number
}

interface Known {
  readonly module: Uint8Array
  readonly name: Uint8Array
  readonly isOld: boolean
  readonly role: PlainRole | undefined
}

/** Roles of names by their bytes as they stand in a stream, so that a name seen before is not made into a text again. */
export class PlainNames {
  readonly #judge: JudgeName
  readonly #known = new Map<number, Known[]>()
  #count = 0

  constructor(judge: JudgeName) {
    this.#judge = judge
  }

  /** `isOld`: protocols 0 to 2, which carry the names of Python 2. */
  roleOf(bytes: Uint8Array, module: TextPlace, name: TextPlace, isOld: boolean): PlainRole | undefined {
    if (module.length + name.length > MAX_NAME) return undefined
    const key = hashOf(bytes, name, hashOf(bytes, module, isOld ? 1 : 2))
    const same = this.#known.get(key)
    if (same !== undefined)
      for (const one of same)
        if (one.isOld === isOld && stands(one.module, bytes, module) && stands(one.name, bytes, name))
          return one.role
    return this.#learn(key, bytes.slice(module.start, module.start + module.length), {
      name: bytes.slice(name.start, name.start + name.length),
      isOld,
    })
  }

  #learn(
    key: number,
    module: Uint8Array,
    { name, isOld }: Pick<Known, 'name' | 'isOld'>,
  ): PlainRole | undefined {
    const [moduleText, nameText] = [asciiText(module), asciiText(name)]
    if (moduleText === undefined || nameText === undefined) return undefined
    const modern = modernName(moduleText, nameText, isOld ? 2 : 3)
    const role = this.#judge(modern.module, modern.name)
    if (this.#count >= MAX_KEPT) return role
    this.#count += 1
    this.#known.set(key, [...(this.#known.get(key) ?? []), { module, name, isOld, role }])
    return role
  }
}

/** FNV-1a over the bytes of a text, going on from `seed`. */
function hashOf(bytes: Uint8Array, { start, length }: TextPlace, seed: number): number {
  let hash = seed ^ length
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193)
  return hash
}

function stands(known: Uint8Array, bytes: Uint8Array, { start, length }: TextPlace): boolean {
  if (known.length !== length) return false
  for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}

/** Only names of printable ASCII: of others it would matter how they are decoded. */
function asciiText(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('latin1')
  return /^[!-~]+$/.test(text) ? text : undefined
}
