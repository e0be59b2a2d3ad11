import { example, type ModelRule } from '../../rule.ts'

export const malformedSafetensors: ModelRule = {
  id: 'safetensors/malformed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The safetensors header is not as the format demands',
  source: 'https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs',
  taxonomy: ['CWE-20', 'CWE-436'],
  why: 'The reference implementation refuses such a file. A laxer reader may see other tensors in it, or other data hidden beside them.',
  remedy: 'Do not use the file; save the tensors again with the reference implementation.',
  examples: {
    fires: [
      safetensors(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        'x',
      ),
      safetensors('{}', 'trailing'),
      safetensors(' {"__metadata__":{"format":"pt"}}', ''),
      safetensors('{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', 'x'),
      safetensors('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 'xx'),
      safetensors(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
        'xyz',
      ),
      safetensors('{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}', ''),
      safetensors('{"a":{"dtype":"Q9","shape":[1],"data_offsets":[0,1]}}', 'x'),
      safetensors('{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}', 'x'),
      safetensors('{"__metadata__":{"n":1}}', ''),
      safetensors('{"__metadata__":{}}\n', ''),
    ],
    silent: [
      safetensors('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 'xy'),
      safetensors('{"__metadata__":{"format":"pt"}}', ''),
      safetensors('{"__metadata__":{"format":"pt"}}   ', ''),
      safetensors(
        '{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]},"b":{"dtype":"BF16","shape":[0,3],"data_offsets":[1,1]}}',
        'x',
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'safetensors') return []
    return subject.view.problems
      .filter(({ kind }) => kind !== 'cut')
      .slice(0, 10)
      .map(({ message, offset }) => ({ key: message, message, offset }))
  },
}

/** A file of a header and data, for examples. */
function safetensors(header: string, data: string): { name: string; bytes: Uint8Array } {
  const length = String.fromCharCode(header.length & 0xff, header.length >> 8, 0, 0, 0, 0, 0, 0)
  return example('a.safetensors', length + header + data)
}
