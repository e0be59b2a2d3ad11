import { digestOfBytes, digestOfJson, hexOfDigest } from '../../src/ground/domain/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import { type ComparedModel, compareModels } from '../../src/services/compare/index.ts'

/** A model in memory, which says of what it was asked. */
export function modelOf(
  files: Readonly<Record<string, Uint8Array | string>>,
): ComparedModel & { readonly opened: Set<string> } {
  const bytes = new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]))
  const opened = new Set<string>()
  return {
    digest: digestOfJson(Object.keys(files)),
    name: 'a model',
    files: [...bytes].map(([name, content]) => ({
      name,
      size: content.length,
      sha256: hexOfDigest(digestOfBytes(content)),
    })),
    opened,
    withFile: (name, use) => {
      opened.add(name)
      return use(sourceOfBytes(bytes.get(name) ?? new Uint8Array()))
    },
  }
}

/** Compares without any limit. */
export function compareFreely(before: ComparedModel, after: ComparedModel) {
  return compareModels(before, after, { maxBytes: Number.MAX_SAFE_INTEGER, isLate: () => false })
}
