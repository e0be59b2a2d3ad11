import type { ByteSource } from '../../ground/lang/index.ts'

/** What can be seen of a compiled engine, whose layout is not published. */
export interface EngineView {
  /** Programs for the processor of the host in it, by the ELF header; programs for a GPU are ELF too and left out. */
  readonly hostPrograms: readonly number[]
  /** Paths of libraries, each once. */
  readonly libraries: readonly { readonly path: string; readonly offset: number }[]
  readonly readBytes: number
  readonly isCut: boolean
}

const KINDS: readonly { readonly format: string; readonly magic: string; readonly what: string }[] = [
  { format: 'tensorrt', magic: 'ftrt', what: 'a plan of TensorRT' },
  { format: 'tensorrt', magic: 'ptrt', what: 'a plan of TensorRT' },
  { format: 'rknn', magic: 'RKNN', what: 'a model of RKNN' },
  { format: 'cntk', magic: 'B\0C\0N\0', what: 'a model of CNTK 1' },
]

/** Bytes that are looked through. */
const MAX_BYTES = 256 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
/** Bytes that two chunks share, so that nothing is missed between them. */
const OVERLAP = 1024
const MAX_KEPT = 100
/** Endings of libraries that are looked at; an engine names a handful, and each costs a walk backwards. */
const MAX_ENDINGS = 20_000
/** Characters of a path that are looked at. */
const MAX_PATH = 300

/** Processors of hosts by e_machine: x86, ARM, x86-64, ARM 64, RISC-V, PowerPC 64. CUDA is 190. */
const HOSTS = new Set([3, 40, 62, 183, 243, 21])

/** Which engine bytes begin as, if any. */
export function engineKind(head: Uint8Array): { readonly format: string; readonly what: string } | undefined {
  const kinds = KINDS.filter(({ magic }) => magic.charCodeAt(0) === head[0])
  if (kinds.length === 0) return undefined
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1')
  return kinds.find(({ magic }) => start.startsWith(magic))
}

/**
 * Looks through an engine for host programs and for paths of libraries, the two things by which it can run more than itself.
 * @throws SallyportError what the source throws
 */
export async function readEngine(source: ByteSource, signal?: AbortSignal): Promise<EngineView> {
  const hostPrograms = new Set<number>()
  const libraries = new Map<string, number>()
  const end = Math.min(source.size, MAX_BYTES)
  const left = { endings: MAX_ENDINGS }
  for (let base = 0; base < end; base += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES + OVERLAP, end - base)
    const text = Buffer.from(await source.read(base, length, signal)).toString('latin1')
    findPrograms(text, base, hostPrograms)
    findLibraries(text, { base, left }, libraries)
  }
  return {
    hostPrograms: [...hostPrograms],
    libraries: [...libraries].map(([path, offset]) => ({ path, offset })),
    readBytes: end,
    isCut: end < source.size,
  }
}

/** From the ending backwards, so that long runs of letters cost nothing. */
function findLibraries(
  text: string,
  { base, left }: { readonly base: number; readonly left: { endings: number } },
  into: Map<string, number>,
): void {
  for (const { 0: ending, index } of text.matchAll(/\.(?:so|dll|dylib)(?![\w])/g)) {
    if (into.size >= MAX_KEPT || left.endings-- <= 0) return
    const before = text.slice(Math.max(0, index - MAX_PATH), index)
    const start = lastForeign(before) + 1
    const path = before.slice(start) + ending
    // A name of a file follows a slash, so plain words of tensors never match.
    if (/[/\\][\w.+-]+$/.test(path) && !into.has(path)) into.set(path, base + index - before.length + start)
  }
}

/** The last character that no path has, or -1. */
function lastForeign(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (!/[\w.~/\\:+-]/.test(text.charAt(at))) return at
  return -1
}

function findPrograms(text: string, base: number, into: Set<number>): void {
  for (let at = text.indexOf('\x7fELF'); at >= 0; at = text.indexOf('\x7fELF', at + 4)) {
    const [bits, order, version] = [text.charCodeAt(at + 4), text.charCodeAt(at + 5), text.charCodeAt(at + 6)]
    const machine = text.charCodeAt(at + 18) + 256 * text.charCodeAt(at + 19)
    const isHeader = (bits === 1 || bits === 2) && order === 1 && version === 1
    if (isHeader && HOSTS.has(machine) && into.size < MAX_KEPT) into.add(base + at)
  }
}
