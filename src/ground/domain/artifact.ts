import { sha256Hex } from '../crypto/index.ts'
import { compareUtf8, fail, ok, type Result } from '../lang/index.ts'
import { type Digest, digestOfJson } from './digest.ts'

/** Files. Ten times the largest repository seen; more is an attack on memory (CWE-770). */
const MAX_FILES = 200_000
/** Bytes of UTF-8. Longer than any file system allows for a whole path. */
const MAX_NAME_BYTES = 4096

/** One file of an artifact. `name` is relative, with `/`, and never leaves the artifact. */
export interface ManifestEntry {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
}

/** The files of an artifact, sorted by the UTF-8 bytes of their names; no two alike. Made only by {@link makeManifest}. */
export interface Manifest {
  readonly kind: 'files'
  readonly entries: readonly ManifestEntry[]
  /** Identity: SHA-256 of the RFC 8785 JSON of the sorted `[{name, size, sha256}]` (DECISIONS.md). */
  readonly digest: Digest
  /** OMS v1.0 root, hex: SHA-256 over the raw file digests in order. It does not cover names: for matching only. */
  readonly omsRoot: string
}

/** A manifest of entries in any order; refuses an empty one, and names that repeat, escape or cannot be written. */
export function makeManifest(files: readonly ManifestEntry[]): Result<Manifest> {
  if (files.length === 0) return fail('the artifact holds no files; an empty model cannot be identified')
  if (files.length > MAX_FILES)
    return fail(`the artifact holds ${files.length} files; the limit is ${MAX_FILES}`)
  const seen = new Set<string>()
  for (const file of files) {
    const problem = problemOfName(file.name) ?? problemOfEntry(file)
    if (problem !== undefined) return fail(problem)
    if (seen.has(file.name)) return fail(`the name "${file.name}" stands twice`)
    seen.add(file.name)
  }
  const entries = files
    .map(({ name, size, sha256 }) => ({ name, size, sha256 }))
    .sort((a, b) => compareUtf8(a.name, b.name))
  const roots = Buffer.concat(entries.map((entry) => Buffer.from(entry.sha256, 'hex')))
  return ok({ kind: 'files', entries, digest: digestOfJson(entries), omsRoot: sha256Hex(roots) })
}

/** Why a name may not stand in a manifest (absolute, `..`, `.`, empty parts, backslash, NUL, too long), or undefined. */
export function problemOfName(name: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, 120))
  if (name === '') return 'a file has an empty name'
  if (!name.isWellFormed()) return `the name ${shown} is not well-formed Unicode`
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    return `the name ${shown}… is longer than ${MAX_NAME_BYTES} bytes`
  if (name.includes('\0') || name.includes('\\')) return `the name ${shown} holds a NUL or a backslash`
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return `the name ${shown} is absolute`
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return `the name ${shown} holds an empty, "." or ".." part`
  return undefined
}

function problemOfEntry(file: ManifestEntry): string | undefined {
  if (!Number.isSafeInteger(file.size) || file.size < 0) return `"${file.name}" has the size ${file.size}`
  if (!/^[0-9a-f]{64}$/.test(file.sha256)) return `"${file.name}" has no SHA-256 in lower-case hex`
  return undefined
}
