import { type Example, example, type ModelRule } from '../../rule.ts'

export const malformedNpy: ModelRule = {
  id: 'npy/malformed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The header of the array is not as NumPy writes it',
  source: 'https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html',
  taxonomy: ['CWE-20', 'CWE-95', 'CWE-190'],
  why: 'The header is Python source. Old readers evaluated it, and others allocate what it claims. NumPy writes a dictionary of three literals and nothing else.',
  remedy: 'Do not load the file; save the array again with numpy.save.',
  examples: {
    fires: [
      npy("{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1,), }", '\0'),
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ''),
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", ''),
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0,), 'extra': 1}", ''),
      npy("{'descr': '<Z9', 'fortran_order': False, 'shape': (1,), }", ''),
    ],
    silent: [
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", '\0\0\0\0\0\0\0\0'),
      npy(
        "{'descr': [('a', '<i4'), ('b', '|V4'), (('t', 'c'), '<u2', (2,))], 'fortran_order': False, 'shape': (), }",
        '\0'.repeat(12),
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'npy') return []
    return subject.view.problems
      .filter(({ kind }) => kind !== 'cut')
      .map(({ message, offset }) => ({ key: message, message: `${message}: ${subject.view.header}`, offset }))
  },
}

/** A version 1.0 file of a header and data, for examples. */
function npy(header: string, data: string): Example {
  return example(
    'a.npy',
    `\x93NUMPY\x01\0${String.fromCharCode((header.length + 1) & 255, (header.length + 1) >> 8)}${header}\n${data}`,
  )
}
