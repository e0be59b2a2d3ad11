import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'
import type { BoosterProblem, BoosterView } from './booster-view.ts'

/** Bytes of LearnerModelParamLegacy, GBTreeModelParam and TreeParam (src/learner.cc, src/gbm, include/xgboost/tree_model.h). */
const LEARNER_BYTES = 136
const BOOSTER_BYTES = 160
const TREE_BYTES = 148
const NODE_BYTES = 20
const STATISTICS_BYTES = 16
/** Where the two flags for what follows the trees stand. */
const MAX_NAME_BYTES = 256
const MAX_TREES = 1_000_000
const MAX_TEXT_BYTES = 64 * 1024
const MAX_ATTRIBUTES = 10_000

/** The old binary form of a model, with what is known of its end. */
export interface BinaryBooster {
  readonly view: BoosterView
  readonly readBytes: number
  /** Why reading ended early. */
  readonly reason: string | undefined
}

/** Whether bytes begin as a model in the old binary form does: `binf`, or parameters and then the name of an objective. */
export function looksLikeBinaryBooster(head: Uint8Array): boolean {
  const start = hasMagic(head) ? 4 : 0
  if (head.length < start + LEARNER_BYTES + 16) return false
  // Every file is asked: three of the bytes of a length up to 64 are nought.
  if (head[start + LEARNER_BYTES + 1] !== 0 || head[start + LEARNER_BYTES + 2] !== 0) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const length = view.getUint32(start + LEARNER_BYTES, true)
  if (view.getUint32(start + LEARNER_BYTES + 4, true) !== 0 || length < 3 || length > 64) return false
  const name = Buffer.from(head.subarray(start + LEARNER_BYTES + 8, start + LEARNER_BYTES + 8 + length))
  return /^[a-z]+:[a-z0-9_:-]+$/.test(name.toString('latin1'))
}

function hasMagic(head: Uint8Array): boolean {
  return head[0] === 0x62 && Buffer.from(head.subarray(0, 4)).toString('latin1') === 'binf'
}

/**
 * Reads a model in the old binary form: names, sizes and the nodes of every tree.
 * @throws SallyportError what the source throws
 */
export async function readBinaryBooster(source: ByteSource, signal?: AbortSignal): Promise<BinaryBooster> {
  const cursor = new ByteCursor(source, signal)
  const reader = new BinaryReader(cursor)
  let reason: string | undefined
  try {
    await reader.read()
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    reason = `${error.message} (offset ${error.offset})`
  }
  return { view: reader.view(), readBytes: cursor.readBytes, reason }
}

class BinaryReader {
  readonly #in: ByteCursor
  #objective: string | undefined
  #booster: string | undefined
  #treeCount = 0
  readonly #attributes: Record<string, string> = {}
  readonly #problems: BoosterProblem[] = []

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  view(): BoosterView {
    return {
      objective: this.#objective,
      booster: this.#booster,
      treeCount: this.#treeCount,
      attributes: this.#attributes,
      problems: this.#problems,
    }
  }

  async read(): Promise<void> {
    await this.#in.need(4)
    if (hasMagic(this.#in.ready)) this.#in.skip(4)
    await this.#in.need(LEARNER_BYTES)
    this.#in.skip(4)
    const features = this.#in.u32(true)
    this.#in.skip(4)
    const hasAttributes = this.#in.i32(true) !== 0
    this.#in.skip(LEARNER_BYTES - 16)
    this.#objective = await this.#text(MAX_NAME_BYTES)
    this.#booster = await this.#text(MAX_NAME_BYTES)
    if (this.#booster === 'gbtree' || this.#booster === 'dart') await this.#readTrees(features)
    else if (this.#booster !== 'gblinear')
      throw new StreamBreak(
        'malformed',
        `the booster ${JSON.stringify(this.#booster)} is not known`,
        this.#in.offset,
      )
    // Weights of a linear model and attributes end the file; both are plain data.
    if (hasAttributes && this.#booster === 'gbtree') await this.#readAttributes()
  }

  async #text(limit: number): Promise<string> {
    await this.#in.need(8)
    const offset = this.#in.offset
    const length = this.#in.u64(true)
    if (length > BigInt(limit)) throw new StreamBreak('malformed', `a text of ${length} bytes`, offset)
    await this.#in.need(Number(length))
    return Buffer.from(this.#in.take(Number(length))).toString('utf8')
  }

  async #readTrees(features: number): Promise<void> {
    await this.#in.need(BOOSTER_BYTES)
    const offset = this.#in.offset
    const count = this.#in.i32(true)
    this.#in.skip(BOOSTER_BYTES - 4)
    if (count < 0 || count > MAX_TREES) throw new StreamBreak('malformed', `${count} trees`, offset)
    for (let i = 0; i < count; i++) {
      await this.#readTree(i, features)
      this.#treeCount++
    }
    this.#in.skip(4 * count)
  }

  async #readTree(index: number, features: number): Promise<void> {
    await this.#in.need(TREE_BYTES)
    const offset = this.#in.offset
    this.#in.skip(4)
    const nodes = this.#in.i32(true)
    this.#in.skip(TREE_BYTES - 8)
    if (nodes <= 0 || nodes * (NODE_BYTES + STATISTICS_BYTES) > this.#in.left)
      throw new StreamBreak('malformed', `tree ${index} claims ${nodes} nodes`, offset)
    let fault: string | undefined
    for (let i = 0; i < nodes; i++) {
      if (!this.#in.has(NODE_BYTES)) await this.#in.need(NODE_BYTES)
      this.#in.skip(4)
      const left = this.#in.i32(true)
      const right = this.#in.i32(true)
      const split = this.#in.u32(true) & 0x7fff_ffff
      this.#in.skip(4)
      if (left === -1) continue
      if (left <= 0 || left >= nodes || right <= 0 || right >= nodes)
        fault ??= `tree ${index}: node ${i} leads to nodes ${left} and ${right} of ${nodes}`
      else if (features > 0 && split >= features)
        fault ??= `tree ${index}: node ${i} splits on feature ${split} of ${features}`
    }
    if (fault !== undefined && this.#problems.length < 20)
      this.#problems.push({ kind: 'tree', message: fault })
    this.#in.skip(nodes * STATISTICS_BYTES)
  }

  async #readAttributes(): Promise<void> {
    await this.#in.need(8)
    const offset = this.#in.offset
    const count = this.#in.u64(true)
    if (count > BigInt(MAX_ATTRIBUTES)) throw new StreamBreak('malformed', `${count} attributes`, offset)
    for (let i = 0; i < Number(count); i++) {
      const key = await this.#text(MAX_NAME_BYTES)
      this.#attributes[key] = await this.#text(MAX_TEXT_BYTES)
    }
  }
}
