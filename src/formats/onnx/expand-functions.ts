/** A function of the model, and where its body stands. */
export interface FunctionBody {
  readonly key: string
  readonly offset: number
  readonly length: number
}

/** A node that may call a function of the model. */
export interface FunctionCall {
  readonly key: string
  readonly offset: number
}

/** Calls from one function to others, by the key of both; loaders inline every one of them. */
type Calls = ReadonlyMap<string, readonly string[]>

/**
 * How many nodes the largest function of a model becomes when its calls are inlined, as ONNX Runtime and the checker of `onnx`
 * do at load; infinite when functions call themselves (IR.html, "Functions": recursion is forbidden).
 */
export function expandFunctions(bodies: readonly FunctionBody[], calls: readonly FunctionCall[]): number {
  const inside = new Map<string, string[]>()
  const sorted = [...bodies].sort((a, b) => a.offset - b.offset)
  for (const { key, offset } of calls) {
    const body = bodyAround(sorted, offset)
    if (body === undefined) continue
    const list = inside.get(body.key)
    if (list === undefined) inside.set(body.key, [key])
    else list.push(key)
  }
  const sizes = new Map<string, number>()
  return Math.max(0, ...bodies.map(({ key }) => sizeOf(key, inside, sizes)))
}

/** The last body that begins before an offset, when it reaches that far. */
function bodyAround(sorted: readonly FunctionBody[], offset: number): FunctionBody | undefined {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle]?.offset ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  const body = sorted[low - 1]
  return body !== undefined && offset < body.offset + body.length ? body : undefined
}

/** Without recursion: a chain of functions may be as long as the file. */
function sizeOf(root: string, calls: Calls, sizes: Map<string, number>): number {
  const open: { key: string; next: number; sum: number }[] = [{ key: root, next: 0, sum: 1 }]
  const onPath = new Set([root])
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const callee = calls.get(top.key)?.[top.next]
    if (callee === undefined) {
      sizes.set(top.key, top.sum)
      onPath.delete(top.key)
      open.pop()
      const caller = open.at(-1)
      if (caller !== undefined) caller.sum += top.sum
      continue
    }
    top.next++
    if (onPath.has(callee)) return Number.POSITIVE_INFINITY
    const known = calls.has(callee) ? sizes.get(callee) : 1
    if (known !== undefined) top.sum += known
    else {
      open.push({ key: callee, next: 0, sum: 1 })
      onPath.add(callee)
    }
  }
  return sizes.get(root) ?? 1
}
