import type { Example, ModelRule } from '../../rule.ts'
import { craftGguf } from './craft-gguf.ts'

export const malformedGguf: ModelRule = {
  id: 'gguf/malformed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The GGUF header is not as the format demands',
  source: 'https://www.databricks.com/blog/ggml-gguf-file-format-vulnerabilities',
  taxonomy: [
    'CWE-20',
    'CWE-190',
    'CVE-2024-23496',
    'CVE-2024-21802',
    'CVE-2024-21825',
    'CVE-2024-21836',
    'CVE-2024-23605',
  ],
  why: 'Loaders written in C trusted the counts and lengths of this header and were taken over by wrong ones.',
  remedy: 'Do not load the file; convert the model again from its source.',
  examples: {
    fires: [
      craftGguf({ version: 9 }),
      {
        name: 'b.gguf',
        bytes: new Uint8Array([0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, ...new Array(16).fill(0xff)]),
      },
      craftGguf({ claimedTensors: 2 ** 40 }),
      craftGguf({
        entries: [
          ['a', 'x'],
          ['a', 'y'],
        ],
      }),
      craftGguf({ entries: [['general.alignment', 24]] }),
      craftGguf({ tensors: [{ name: 't', shape: [1, 1, 1, 1, 1] }], dataBytes: 64 }),
      craftGguf({ tensors: [{ name: 't', shape: [2 ** 30, 2 ** 30] }], dataBytes: 64 }),
      craftGguf({
        tensors: [
          { name: 't', shape: [8] },
          { name: 'u', shape: [8] },
        ],
        dataBytes: 64,
      }),
      craftGguf({ tensors: [{ name: 't', shape: [8], offset: 7 }], dataBytes: 64 }),
      craftGguf({ tensors: [{ name: 't', shape: [8], type: 65_535 }], dataBytes: 64 }),
      craftGguf({ tensors: [{ name: 't', shape: [8], type: 2 }], dataBytes: 64 }),
      craftGguf({
        entries: [
          ['tokenizer.ggml.tokens', ['a', 'b']],
          ['tokenizer.ggml.scores', ['a']],
        ],
      }),
    ],
    silent: [
      craftGguf({ entries: [['general.name', 'tiny']] }),
      craftGguf({ version: 1, entries: [['general.name', 'tiny']] }),
      craftGguf({
        isBigEndian: true,
        entries: [
          ['general.name', 'tiny'],
          ['a', 3],
        ],
      }),
      craftGguf({
        tensors: [
          { name: 't', shape: [8] },
          { name: 'u', shape: [256], type: 12, offset: 32 },
        ],
        dataBytes: 192,
      }),
    ],
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
  return craftGguf({ version, entries })
}
