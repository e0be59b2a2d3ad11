import { example, type ModelRule } from '../../rule.ts'

export const trailingData: ModelRule = {
  id: 'pickle/trailing-data',
  severity: 'low',
  verdict: 'undecided',
  title: 'Bytes follow the end of the pickle',
  source: 'https://docs.python.org/3/library/pickle.html#pickle.load',
  taxonomy: ['CWE-502', 'AML.T0015'],
  why: 'A loader that reads on would take these bytes as data or as a further pickle. They were not understood.',
  remedy: 'Find out what wrote them, or ask for the file without them.',
  examples: {
    fires: [example('a.pkl', '\x80\x02]q\x00.\xff\xfe\xfd\xfc\xfb\xfa')],
    silent: [example('a.pkl', '\x80\x02]q\x00.\x80\x02}q\x00.')],
  },
  check: (subject) => {
    if (subject.kind !== 'pickle' || subject.trailing === undefined) return []
    const { offset, length } = subject.trailing
    return [
      { key: 'trailing', message: `${length} bytes from offset ${offset} on are not understood`, offset },
    ]
  },
}
