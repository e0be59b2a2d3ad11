import type { ByteSource } from '../../ground/lang/index.ts'

/** What a file can be started as. `ape` runs on six systems at once (Cosmopolitan Libc), as llamafiles do. */
export type ExecutableKind =
  | 'elf'
  | 'pe'
  | 'dos'
  | 'mach-o'
  | 'mach-o-fat'
  | 'ape'
  | 'java-class'
  | 'dalvik'
  | 'wasm'
  | 'windows-shortcut'

export interface ExecutableView {
  readonly kind: ExecutableKind
  /** For people: what it is, in a few words. */
  readonly title: string
  /** A shared library rather than a program, as far as the header tells. */
  readonly isLibrary: boolean
}

/** Architectures of Mach-O: 32 or 64 bit x86, ARM, PowerPC. <mach/machine.h> */
const MACH_CPUS = [7, 12, 18]
/** Bytes of a PE header that lie before the optional header. */
const PE_BYTES = 24
/** Architectures in one fat file; Apple's own tools make two or three. */
const MAX_FAT = 20

/**
 * What executable begins at the start of a source, by its header and not by its magic alone; undefined when none does.
 * @throws SallyportError what the source throws
 */
export async function readExecutable(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<ExecutableView | undefined> {
  const head = await source.read(0, 512, signal)
  if (head.length < 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const [first, second] = head
  if (first === 0x4d && second === 0x5a) return await readDos(source, view, signal)
  return readElf(view) ?? readMach(view) ?? readFat(view) ?? readOther(view)
}

/** Whether bytes may begin an executable: a cheap look at the magic. */
export function looksLikeExecutable(head: Uint8Array): boolean {
  if (head.length < 8 || !FIRST_BYTES.includes(head[0] ?? 1)) return false
  const word = new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)
  return head[0] === 0x4d && head[1] === 0x5a ? true : MAGICS.has(word)
}

/** ELF, Mach-O in four orders, fat Mach-O and Java, wasm, dex, shortcuts: the first four bytes, big-endian. */
const MAGICS = new Set([
  0x7f45_4c46, 0xfeed_face, 0xfeed_facf, 0xcefa_edfe, 0xcffa_edfe, 0xcafe_babe, 0xcafe_babf, 0x0061_736d,
  0x6465_780a, 0x4c00_0000,
])

/** Of the magics. Every file is asked, and most are known by their first byte to be something else. */
const FIRST_BYTES = [0x4d, 0x7f, 0xfe, 0xce, 0xcf, 0xca, 0x00, 0x64, 0x4c]

function readElf(view: DataView): ExecutableView | undefined {
  if (view.getUint32(0) !== 0x7f45_4c46 || view.byteLength < 20) return undefined
  const bits = view.getUint8(4)
  const order = view.getUint8(5)
  if (bits < 1 || bits > 2 || order < 1 || order > 2 || view.getUint8(6) !== 1) return undefined
  const type = view.getUint16(16, order === 1)
  const what = ['object', 'object file', 'program', 'shared library', 'core dump'][type] ?? 'file'
  return { kind: 'elf', title: `an ELF ${what} (Linux and others)`, isLibrary: type === 3 || type === 1 }
}

async function readDos(
  source: ByteSource,
  view: DataView,
  signal: AbortSignal | undefined,
): Promise<ExecutableView | undefined> {
  // Cosmopolitan: `MZqFpD='` is a DOS header and a line of shell at once.
  if (view.getUint32(2) === 0x7146_7044)
    return { kind: 'ape', title: 'an Actually Portable Executable, as llamafiles are', isLibrary: false }
  if (view.byteLength < 64) return undefined
  const offset = view.getUint32(0x3c, true)
  const bytes = await source.read(offset, PE_BYTES, signal)
  if (
    bytes.length === PE_BYTES &&
    bytes[0] === 0x50 &&
    bytes[1] === 0x45 &&
    bytes[2] === 0 &&
    bytes[3] === 0
  ) {
    const flags = new DataView(bytes.buffer, bytes.byteOffset, PE_BYTES).getUint16(22, true)
    const isLibrary = (flags & 0x2000) !== 0
    return { kind: 'pe', title: `a Windows ${isLibrary ? 'library' : 'program'} (PE)`, isLibrary }
  }
  return readPlainDos(view, source.size)
}

/** An old DOS program: pages, paragraphs of the header and the table of relocations must fit together. */
function readPlainDos(view: DataView, sizeBytes: number): ExecutableView | undefined {
  const lastPage = view.getUint16(2, true)
  const pages = view.getUint16(4, true)
  const headerBytes = view.getUint16(8, true) * 16
  const relocations = view.getUint16(0x18, true)
  const image = (pages - (lastPage > 0 ? 1 : 0)) * 512 + lastPage
  const isSound =
    pages > 0 &&
    lastPage < 512 &&
    headerBytes >= 28 &&
    headerBytes < image &&
    image <= sizeBytes &&
    relocations >= 0x1c &&
    relocations <= headerBytes
  return isSound ? { kind: 'dos', title: 'a DOS program', isLibrary: false } : undefined
}

function readMach(view: DataView): ExecutableView | undefined {
  const magic = view.getUint32(0)
  const isLittle = magic === 0xcefa_edfe || magic === 0xcffa_edfe
  if (!isLittle && magic !== 0xfeed_face && magic !== 0xfeed_facf) return undefined
  if (view.byteLength < 28) return undefined
  const cpu = view.getUint32(4, isLittle) & 0x00ff_ffff
  const type = view.getUint32(12, isLittle)
  if (!MACH_CPUS.includes(cpu) || type < 1 || type > 12) return undefined
  const isLibrary = type === 6 || type === 8
  return { kind: 'mach-o', title: `a macOS ${isLibrary ? 'library' : 'program'} (Mach-O)`, isLibrary }
}

/** A fat Mach-O and a Java class share a magic: the next word counts architectures here, and is a version there. */
function readFat(view: DataView): ExecutableView | undefined {
  const magic = view.getUint32(0)
  if (magic !== 0xcafe_babe && magic !== 0xcafe_babf) return undefined
  const count = view.getUint32(4)
  if (
    count > 0 &&
    count <= MAX_FAT &&
    view.byteLength >= 28 &&
    MACH_CPUS.includes(view.getUint32(8) & 0xff_ffff)
  )
    return {
      kind: 'mach-o-fat',
      title: 'a macOS program for several processors (fat Mach-O)',
      isLibrary: false,
    }
  const major = view.getUint16(6)
  if (magic === 0xcafe_babe && major >= 45 && major <= 90)
    return { kind: 'java-class', title: 'a Java class', isLibrary: true }
  return undefined
}

function readOther(view: DataView): ExecutableView | undefined {
  const magic = view.getUint32(0)
  if (magic === 0x0061_736d && view.getUint32(4, true) === 1)
    return { kind: 'wasm', title: 'a WebAssembly module', isLibrary: true }
  if (magic === 0x6465_780a && view.getUint8(7) === 0)
    return { kind: 'dalvik', title: 'Android bytecode (dex)', isLibrary: true }
  // [MS-SHLLINK] 2.1: size of the header, and the first word of the class id.
  if (magic === 0x4c00_0000 && view.getUint32(4) === 0x0114_0200)
    return { kind: 'windows-shortcut', title: 'a Windows shortcut', isLibrary: false }
  return undefined
}
