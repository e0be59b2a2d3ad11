import { example, type ModelRule } from '../../rule.ts'

export const msgpackPickle: ModelRule = {
  id: 'msgpack/pickled-array',
  severity: 'high',
  verdict: 'suspicious',
  title: 'An array of the file is a pickle, which msgpack-numpy loads',
  source: 'https://github.com/lebedov/msgpack-numpy/blob/master/msgpack_numpy.py',
  taxonomy: ['CWE-502'],
  why: 'msgpack-numpy unpickles arrays whose kind is "O". A file that looks like plain data then runs what the pickle says.',
  remedy: 'Do not decode the file with msgpack-numpy; ask for arrays of numbers.',
  examples: {
    fires: [
      example('a.msgpack', '\x83\xa2nd\xc3\xa4kind\xa1O\xa4data\xc4\x04\x80\x02N.'),
      example('a.msgpack', '\x81\xa1a\x83\xc4\x02nd\xc3\xc4\x04kind\xc4\x01O\xc4\x04data\xc4\x04\x80\x02N.'),
    ],
    silent: [example('a.msgpack', '\x83\xa2nd\xc3\xa4type\xa3<f4\xa4data\xc4\x04\0\0\0\0')],
  },
  check: (subject) =>
    subject.kind === 'msgpack'
      ? subject.view.pickledArrays.slice(0, 20).map((path) => ({ key: path, message: `${path} is a pickle` }))
      : [],
}
