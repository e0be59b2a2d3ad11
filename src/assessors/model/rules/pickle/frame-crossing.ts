import { example, type ModelRule } from '../../rule.ts'

export const frameCrossing: ModelRule = {
  id: 'pickle/frame-crossing',
  severity: 'high',
  verdict: 'suspicious',
  title: 'An opcode crosses the end of its frame',
  source: 'https://github.com/trailofbits/fickling/issues/317',
  taxonomy: ['CWE-436', 'CWE-502', 'AML.T0015'],
  why: 'Loaders disagree about such a stream: from memory they read on, from a file they drop bytes, and the one written in Python breaks. An import can be spelled so that each of them sees another name. No pickler writes it.',
  remedy: 'Do not load the file. Ask the publisher to save the model again.',
  examples: {
    fires: [example('a.pkl', '\x80\x04\x95\x02\0\0\0\0\0\0\0cxcollections\nOrderedDict\n)R.')],
    silent: [example('a.pkl', '\x80\x04\x95\x02\0\0\0\0\0\0\0N.')],
  },
  check: (subject) => {
    if (subject.kind !== 'pickle') return []
    const crossed = subject.facts.runs.find((run) => run.crossing !== undefined)?.crossing
    if (crossed === undefined) return []
    const { from, to } = crossed
    const message = `bytes ${from} to ${to} are read by some loaders and dropped by others`
    return [{ key: 'crossing', message, offset: from }]
  },
}
