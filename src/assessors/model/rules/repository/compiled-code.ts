import { folderOf } from '../../repository/reached-code.ts'
import { example, type ModelRule, type Observation } from '../../rule.ts'
import type { RepositorySubject } from '../../subjects/repository-subject.ts'

const PYC = (size: string): string => `\xa7\r\r\n\0\0\0\0\x01\x02\x03\x04${size}\xe3\0\0\0\0`

export const compiledCode: ModelRule = {
  id: 'repository/compiled-code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Compiled Python without the source that it was made from',
  source: 'https://peps.python.org/pep-0552/',
  taxonomy: ['CWE-506', 'CWE-829', 'AML.T0011.000'],
  why: 'Python runs compiled files without looking at any source. One that has no source beside it, or whose source has another size, cannot be checked by reading.',
  remedy: 'Remove the compiled files; Python makes them again.',
  examples: {
    fires: [
      { ...example('modeling_acme.pyc', PYC('\x20\0\0\0')), beside: [example('LICENSE', 'MIT\n')] },
      {
        ...example('__pycache__/acme.cpython-311.pyc', PYC('\x20\0\0\0')),
        beside: [example('acme.py', 'x = 1\n')],
      },
      {
        ...example(
          '__pycache__/acme.cpython-311.pyc',
          '\xa7\r\r\n\x01\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\xe3\0\0\0\0',
        ),
        beside: [example('acme.py', 'x = 1\n')],
      },
    ],
    silent: [
      {
        ...example(
          '__pycache__/acme.cpython-311.pyc',
          '\xa7\r\r\n\x03\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\xe3\0\0\0\0',
        ),
        beside: [example('acme.py', 'x = 1\n')],
      },
      {
        ...example('__pycache__/acme.cpython-311.pyc', PYC('\x06\0\0\0')),
        beside: [example('acme.py', 'x = 1\n')],
      },
    ],
  },
  check: (subject) =>
    subject.kind !== 'repository'
      ? []
      : [...subject.compiled].flatMap(([path, head]) => observe(subject, path, head)),
}

function observe(subject: RepositorySubject, path: string, head: Uint8Array): readonly Observation[] {
  const source = sourceOf(path)
  const file = subject.files.find(({ name }) => name === source)
  if (file === undefined) return [{ path, key: 'alone', message: `${source} is not here` }]
  const bytes = Buffer.from(head)
  // PEP 552: flags 0, time and size of the source follow; 3, a hash of it, which Python compares; 1, a hash that it does not.
  if (bytes.length >= 16 && bytes.readUInt32LE(4) === 1)
    return [{ path, key: 'unchecked', message: `Python is told not to compare it with ${source}`, offset: 4 }]
  if (bytes.length < 16 || bytes.readUInt32LE(4) !== 0) return []
  const size = bytes.readUInt32LE(12)
  return size === file.sizeBytes % 2 ** 32
    ? []
    : [
        {
          path,
          key: 'differs',
          message: `made from a source of ${size} bytes, ${source} has ${file.sizeBytes}`,
          offset: 12,
        },
      ]
}

/** `__pycache__/a.cpython-311.pyc` is of `a.py` one folder up. */
function sourceOf(path: string): string {
  const folder = folderOf(path)
  const name = path.slice(folder.length)
  return /(?:^|\/)__pycache__\/$/.test(folder)
    ? `${folder.slice(0, -'__pycache__/'.length)}${name.replace(/\.[\w-]+(?:\.opt-\d)?\.py[co]$/, '')}.py`
    : `${folder}${name.replace(/\.py[co]$/, '')}.py`
}
