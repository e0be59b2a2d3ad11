import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readOtherRequirements, readRequirements } from './index.ts'

test.for([
  ['torch==2.1 # the newest', { kind: 'package', name: 'torch', line: 1 }],
  ['torch[opt]>=2; python_version < "3.9"', { kind: 'package', name: 'torch', line: 1 }],
  [
    '--extra-index-url https://a.example/simple',
    { kind: 'index', option: '--extra-index-url', address: 'https://a.example/simple', line: 1 },
  ],
  [
    '-f https://a.example/x.html',
    { kind: 'index', option: '-f', address: 'https://a.example/x.html', line: 1 },
  ],
  [
    'git+https://a.example/x.git@main#egg=x',
    { kind: 'address', address: 'git+https://a.example/x.git@main#egg=x', line: 1 },
  ],
  ['x @ https://a.example/x.whl', { kind: 'address', address: 'https://a.example/x.whl', line: 1 }],
  ['-e .', { kind: 'editable', path: '.', line: 1 }],
  ['-e git+https://a.example/x', { kind: 'address', address: 'git+https://a.example/x', line: 1 }],
] as const)('%s', ([line, expected]) => {
  expect(readRequirements(line)).toEqual([expected])
})

test('comments, empty lines and includes are nothing', () => {
  expect(readRequirements('# x\n\n-r other.txt\n--hash=sha256:00\n')).toEqual([])
})

test('requirements in TOML and YAML', () => {
  expect(
    readOtherRequirements('dependencies = ["torch>=2", "x @ http://a.example/x.whl"]', 'pyproject.toml'),
  ).toEqual([
    { kind: 'package', name: 'torch', line: 1 },
    { kind: 'address', address: 'http://a.example/x.whl', line: 1 },
  ])
  expect(
    readOtherRequirements('dependencies:\n  - pip:\n    - -f https://a.example/w\n', 'environment.yml'),
  ).toContainEqual({
    kind: 'index',
    option: '-f',
    address: 'https://a.example/w',
    line: 3,
  })
})

test.for([
  ['x = { git = "https://a.example/x.git", branch = "main" }', 'git+https://a.example/x.git'],
  [
    `x = {git = "https://a.example/x", ref = "${'0'.repeat(40)}"}`,
    `git+https://a.example/x@${'0'.repeat(40)}`,
  ],
  ['  x @ git+https://a.example/x', 'git+https://a.example/x'],
] as const)('%s installs from %s', ([line, address]) => {
  expect(readOtherRequirements(line, 'a.toml')).toEqual([{ kind: 'address', address, line: 1 }])
})

test('any text is read without a throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      readRequirements(text)
      readOtherRequirements(text, 'a.yml')
      readOtherRequirements(text, 'a.toml')
    }),
  )
})
