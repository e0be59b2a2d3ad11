import { type Example, example, type ModelRule } from '../../rule.ts'

export const cutHeader: ModelRule = {
  id: 'file/cut',
  severity: 'medium',
  verdict: 'undecided',
  title: 'The file ends before its header says',
  source: 'https://cwe.mitre.org/data/definitions/130.html',
  taxonomy: ['CWE-130'],
  why: 'Bytes are missing, so it cannot be said what the whole file would hold.',
  remedy: 'Fetch the file again and compare its digest with the one of the publisher.',
  examples: {
    fires: [cut('{"a":{"dtype":"U8","shape":[200],"data_offsets":[0,200]}}')],
    silent: [cut('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}')],
  },
  check: (subject) => {
    if (subject.kind !== 'safetensors' && subject.kind !== 'gguf') return []
    return subject.view.problems
      .filter(({ kind }) => kind === 'cut')
      .slice(0, 1)
      .map(({ message, offset }) => ({ key: 'cut', message, offset }))
  },
}

function cut(header: string): Example {
  return example('a.safetensors', `${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}`)
}
