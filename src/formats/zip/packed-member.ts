import { type ByteSource, fail, ok, type Result, sliceOfSource } from '../../ground/lang/index.ts'
import type { ZipMember, ZipView } from './zip-view.ts'

/** Compression methods by their numbers (APPNOTE.TXT 6.3.10, 4.4.5). */
export type ZipMethod = 'stored' | 'deflate' | 'deflate64' | 'bzip2' | 'lzma' | 'zstd' | 'xz'

const METHODS = new Map<number, ZipMethod>([
  [0, 'stored'],
  [8, 'deflate'],
  [9, 'deflate64'],
  [12, 'bzip2'],
  [14, 'lzma'],
  [20, 'zstd'],
  [93, 'zstd'],
  [95, 'xz'],
])
/** Encrypted, strongly encrypted, or with masked headers. */
const FLAGS_SECRET = 0x2041

/** The data of a member as they stand in the archive, and how they are packed. */
export interface PackedMember {
  readonly source: ByteSource
  readonly method: ZipMethod
}

/** The member as it would stand without the flags of encryption that both of its headers carry; undefined when they do not. */
export function withoutEncryption(member: ZipMember): ZipMember | undefined {
  return isSecret(member) ? { ...member, flags: member.flags & ~FLAGS_SECRET } : undefined
}

function isSecret({ flags, local }: ZipMember): boolean {
  return (flags & FLAGS_SECRET) !== 0 && ((local?.flags ?? 0) & FLAGS_SECRET) !== 0
}

/**
 * The packed data of a member by one of its two headers. Flags of encryption that only one header carries are how payloads
 * hide from some readers (CVE-2025-1945), so both must carry them to count.
 */
export function packedMember(
  view: ZipView,
  member: ZipMember,
  by: { readonly method: number } = member,
): Result<PackedMember> {
  if (member.dataOffset === undefined) return fail('the member has no local header')
  if (isSecret(member)) return fail('the member is encrypted')
  const method = METHODS.get(by.method)
  if (method === undefined) return fail(`compression method ${by.method} is not supported`)
  return ok({ source: sliceOfSource(view.source, member.dataOffset, member.compressedBytes), method })
}
