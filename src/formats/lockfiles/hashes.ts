import type { ComponentHash } from '../../ground/domain/index.ts'
import { recordOf, textOf } from '../../ground/lang/index.ts'

/** Hex digits of each algorithm: what has another length is no hash of it. */
const LENGTHS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
  blake2b: 128,
  blake3: 64,
}

/** A hash by its algorithm and hex digits; undefined when it is none. Dashes and case of the algorithm do not count. */
export function hashOf(algorithm: string, hex: string): ComponentHash | undefined {
  const name = algorithm.toLowerCase().replaceAll('-', '')
  const digits = hex.toLowerCase()
  return LENGTHS[name] === digits.length && /^[0-9a-f]+$/.test(digits)
    ? { algorithm: name, hex: digits }
    : undefined
}

/** `sha256:…`, as pip and poetry write it. */
export function readColonHash(text: unknown): readonly ComponentHash[] {
  const parts = /^([a-z0-9-]{3,10}):([0-9a-fA-F]{32,128})$/.exec(textOf(text) ?? '')
  const hash = parts === null ? undefined : hashOf(parts[1] ?? '', parts[2] ?? '')
  return hash === undefined ? [] : [hash]
}

/** Subresource integrity as npm writes it: `sha512-<base64>`, several with spaces. https://www.w3.org/TR/SRI/ */
export function readIntegrity(text: unknown): readonly ComponentHash[] {
  return (textOf(text) ?? '')
    .slice(0, 2000)
    .split(/\s+/)
    .flatMap((part) => {
      const [, algorithm = '', base64 = ''] =
        /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)/.exec(part) ?? []
      return hashOf(algorithm, Buffer.from(base64, 'base64').toString('hex')) ?? []
    })
}

/** `{ sha256 = "…" }`, as PEP 751 and conda-lock write it. */
export function readHashTable(value: unknown): readonly ComponentHash[] {
  return Object.entries(recordOf(value)).flatMap(
    ([algorithm, hex]) => hashOf(algorithm, textOf(hex) ?? '') ?? [],
  )
}

/** Each hash once. */
export function distinctHashes(hashes: readonly ComponentHash[]): readonly ComponentHash[] {
  return [...new Map(hashes.map((hash) => [`${hash.algorithm}:${hash.hex}`, hash])).values()]
}
