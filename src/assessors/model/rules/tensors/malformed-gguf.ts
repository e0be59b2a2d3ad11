import { type Example, example, type ModelRule } from '../../rule.ts'

export const malformedGguf: ModelRule = {
  id: 'gguf/malformed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The GGUF header is not as the format demands',
  source: 'https://www.databricks.com/blog/ggml-gguf-file-format-vulnerabilities',
  taxonomy: ['CWE-20', 'CWE-190', 'CVE-2024-23496', 'CVE-2024-21802', 'CVE-2024-21836'],
  why: 'Loaders written in C trusted the counts and lengths of this header and were taken over by wrong ones.',
  remedy: 'Do not load the file; convert the model again from its source.',
  examples: {
    fires: [
      gguf(1, []),
      {
        name: 'b.gguf',
        bytes: new Uint8Array([0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, ...new Array(16).fill(0xff)]),
      },
    ],
    silent: [gguf(3, [['general.name', 'tiny']])],
  },
  check: (subject) => {
    if (subject.kind !== 'gguf') return []
    return subject.view.problems
      .filter(({ kind }) => kind !== 'cut')
      .slice(0, 10)
      .map(({ message, offset }) => ({ key: message, message, offset }))
  },
}

/** A GGUF file with text metadata and no tensors, for examples. */
export function gguf(version: number, entries: readonly (readonly [string, string])[]): Example {
  const u32 = (n: number): string =>
    String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255)
  const u64 = (n: number): string => u32(n) + u32(0)
  const body = entries
    .map(([key, value]) => u64(key.length) + key + u32(8) + u64(value.length) + value)
    .join('')
  return example('a.gguf', `GGUF${u32(version)}${u64(0)}${u64(entries.length)}${body}`)
}
