/** One line of a changed text: `-` gone, `+` new, a space for orientation. */
export interface LineChange {
  readonly sign: '-' | '+' | ' '
  readonly text: string
}

/** Lines that went and came together; beyond, two texts are shown one after the other instead (time grows with its square). */
const MAX_EDITS = 1000
/** Lines around a change. */
const CONTEXT = 2
/** Characters of a line that are shown. */
const MAX_LINE = 2000

/** The lines that differ between two texts, with a few around them, and whether there are more than `limit`. */
export function diffLines(
  before: string,
  after: string,
  limit: number,
): { readonly lines: readonly LineChange[]; readonly cut: boolean } {
  const script = editScript(linesOf(before), linesOf(after))
  const lines: LineChange[] = []
  for (const [i, { sign, text }] of script.entries()) {
    if (sign === ' ' && !isNear(script, i)) continue
    if (lines.length >= limit) return { lines, cut: true }
    lines.push({ sign, text: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text })
  }
  return { lines, cut: false }
}

function linesOf(text: string): readonly string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function isNear(script: readonly LineChange[], at: number): boolean {
  for (let i = Math.max(0, at - CONTEXT); i <= at + CONTEXT && i < script.length; i++)
    if (script[i]?.sign !== ' ') return true
  return false
}

const marked = (sign: LineChange['sign'], lines: readonly string[]) => lines.map((text) => ({ sign, text }))

/** All lines of both, each with its sign: what is the same at both ends is set apart first. */
function editScript(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  const old = before.slice(start, before.length - end)
  const fresh = after.slice(start, after.length - end)
  return [
    ...marked(' ', before.slice(0, start)),
    ...(shortest(old, fresh) ?? [...marked('-', old), ...marked('+', fresh)]),
    ...marked(' ', before.slice(before.length - end)),
  ]
}

/** The shortest way from one text to the other (Myers, An O(ND) Difference Algorithm, 1986); undefined when it is too long. */
function shortest(old: readonly string[], fresh: readonly string[]): readonly LineChange[] | undefined {
  const most = Math.min(MAX_EDITS, old.length + fresh.length)
  const trace: Int32Array[] = []
  const reach = new Int32Array(2 * most + 3)
  for (let edits = 0; edits <= most; edits++) {
    trace.push(reach.slice())
    for (let k = -edits; k <= edits; k += 2) {
      let x = firstX(reach, k, edits, most)
      while (x < old.length && x - k < fresh.length && old[x] === fresh[x - k]) x += 1
      reach[k + most + 1] = x
      if (x >= old.length && x - k >= fresh.length) return backtrack(trace, { old, fresh, most })
    }
  }
  return undefined
}

/** Whether diagonal `k` is entered from the one above, by a new line, and not from the one below, by a line that went. */
function isEnteredByNew(
  reach: Int32Array,
  k: number,
  { edits, most }: { edits: number; most: number },
): boolean {
  const at = k + most + 1
  return k === -edits || (k !== edits && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0))
}

function firstX(reach: Int32Array, k: number, edits: number, most: number): number {
  const at = k + most + 1
  return isEnteredByNew(reach, k, { edits, most }) ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1
}

interface Texts {
  readonly old: readonly string[]
  readonly fresh: readonly string[]
  readonly most: number
}

function backtrack(trace: readonly Int32Array[], { old, fresh, most }: Texts): readonly LineChange[] {
  const script: LineChange[] = []
  let [x, y] = [old.length, fresh.length]
  const keepBackTo = (fromX: number, fromY: number): void => {
    while (x > fromX && y > fromY) {
      script.push({ sign: ' ', text: old[x - 1] ?? '' })
      x -= 1
      y -= 1
    }
  }
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const reach = trace[edits] ?? new Int32Array()
    const k = x - y
    const isNew = isEnteredByNew(reach, k, { edits, most })
    const from = isNew ? k + 1 : k - 1
    const fromX = reach[from + most + 1] ?? 0
    keepBackTo(fromX, fromX - from)
    script.push(isNew ? { sign: '+', text: fresh[y - 1] ?? '' } : { sign: '-', text: old[x - 1] ?? '' })
    x = fromX
    y = fromX - from
  }
  keepBackTo(0, 0)
  return script.reverse()
}
