import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { stagedPackage } from './staged-package.ts'

const { binary, cacheFolder } = stagedPackage()
const folder = mkdtempSync(join(tmpdir(), 'sallyport-scan-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the real program in the folder. */
function sallyport(
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = { NO_COLOR: '1' },
) {
  const { status, stdout, stderr } = spawnSync(binary, args, {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      XDG_CACHE_HOME: cacheFolder,
      ...env,
    },
    encoding: 'utf8',
    input,
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}

const write = (name: string, bytes: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), Buffer.from(bytes, 'latin1'))
}
const EVIL = "cposix\nsystem\n(S'id'\ntR."
const UNKNOWN = '\x80\x02cacme_features\nEncoder\n)R.'
write('models/evil.pkl', EVIL)
write('models/ours.pkl', UNKNOWN)
write('models/good.pkl', '\x80\x02].')
write('models/deep/cut.bin', '\x01\x02\x03 nothing that anybody knows')
write('clean/good.pkl', '\x80\x02].')
write('odd/\u001b[31m\nred.pkl', EVIL)

const scanOf = (args: readonly string[]) => JSON.parse(sallyport(['scan', '--json', ...args]).stdout)

describe('exit codes', () => {
  test.for([
    ['the worst of all', ['models'], 1],
    ['a clean folder', ['clean'], 0],
    ['only what is malicious', ['models', '--fail-on', 'malicious'], 1],
    ['suspicious, though worse is there', ['models', '--fail-on', 'suspicious'], 4],
    ['undecided, though worse is there', ['models', '--fail-on', 'undecided,suspicious'], 2],
    ['nothing', ['models', '--fail-on', 'none'], 0],
    ['malicious, and it was left out', ['models', '--fail-on', 'malicious', '--exclude', 'evil.*'], 0],
    ['a verdict that is none', ['models', '--fail-on', 'clean'], 3],
    ['a path that is not there', ['nowhere'], 3],
    ['no path', [], 3],
    ['no such rule', ['--explain', 'pickle/nothing'], 3],
    ['a glob that is none', ['models', '--exclude', ''], 3],
    ['a time that is none', ['models', '--timeout', 'soon'], 3],
    ['no jobs', ['models', '--jobs', '0'], 3],
    ['a report that cannot be written', ['models', '--report', 'sarif=no/such/folder/x'], 3],
    ['two voices', ['models', '--quiet', '--verbose'], 3],
    ['a report of no format', ['models', '--report', 'pdf=x'], 3],
    ['an output without a format', ['models', '--output', 'x'], 3],
    ['everything left out', ['clean', '--exclude', '**'], 2],
  ] as const)('%s: %s leave with %i', ([, args, status]) => {
    expect(sallyport(['scan', ...args]).status).toBe(status)
  })
})

test('a person reads the verdict first, then the worst file, and always what was not looked at', async () => {
  const { stdout } = sallyport(['scan', 'models', '--exclude', 'good.*'])
  await expect(stdout).toMatchFileSnapshot('fixtures/scan-models.txt')
  expect(stdout.split('\n')[0]).toContain('✗ malicious')
  expect(stdout).toContain('Not checked')
  expect(stdout).toContain('--exclude good.*: good.pkl')
})

test('quiet is the verdict and a line for each bad file; verbose has fingerprints', () => {
  expect(sallyport(['scan', 'models', '--quiet']).stdout.trim().split('\n')).toHaveLength(4)
  expect(sallyport(['scan', 'models', '--verbose']).stdout).toMatch(/^ {4}id {4}[0-9a-f]{16}$/m)
})

test('the name of a file cannot steer the terminal, and colours are only used when wanted', () => {
  const { stdout } = sallyport(['scan', 'odd'])
  expect(stdout).toContain('\\u001b[31m\\u000ared.pkl')
  expect(stdout).not.toContain('\u001b')
  expect(sallyport(['scan', 'odd'], '', { FORCE_COLOR: '1' }).stdout).toContain('\u001b[')
})

test('paths come from standard input too, by line or by NUL', () => {
  const byLine = sallyport(['scan', '--json', '--files-from', '-'], 'models/good.pkl\nclean/good.pkl\n')
  const byNul = sallyport(['scan', '--json', '--files-from', '-'], 'models/good.pkl\0clean/good.pkl\0')
  for (const { stdout } of [byLine, byNul])
    expect(JSON.parse(stdout).files.map(({ path }: { path: string }) => path)).toEqual([
      'models/good.pkl',
      'clean/good.pkl',
    ])
  expect(sallyport(['scan', '--files-from', '-'], '').status).toBe(3)
})

test('several reports come from one scan, and the terminal still says what was found', () => {
  const args = [
    '--report',
    'sarif=out.sarif',
    '--report',
    'junit=out.xml',
    '--report',
    'cyclonedx=out.cdx.json',
  ]
  const { stdout, status } = sallyport([
    'scan',
    'models',
    ...args,
    '--format',
    'json',
    '--output',
    'out.json',
  ])
  expect(status).toBe(1)
  expect(stdout).toContain('sarif report written to out.sarif')
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  expect(JSON.parse(text('out.sarif')).runs[0].results.length).toBeGreaterThan(1)
  expect(JSON.parse(text('out.cdx.json')).specVersion).toBe('1.7')
  expect(JSON.parse(text('out.json'))).toMatchObject({ kind: 'scan', verdict: 'malicious' })
  expect(text('out.xml')).toContain('<testsuites')
})

test.for(['sarif', 'cyclonedx', 'junit', 'json'] as const)(
  '--format %s prints that and nothing else',
  (format) => {
    const { stdout, stderr } = sallyport(['scan', 'models', '--format', format])
    expect(stdout[0]).toBe(format === 'junit' ? '<' : '{')
    expect(stderr).toBe('')
  },
)

test('a baseline accepts what is there; what is new counts, what went is said', () => {
  expect(sallyport(['scan', 'models', '--write-baseline', 'known.json']).status).toBe(1)
  const args = ['models', '--baseline', 'known.json', '--exclude', 'cut.bin']
  expect(scanOf(args)).toMatchObject({
    verdict: 'clean',
    seenVerdict: 'malicious',
    summary: { putAside: 2, findings: 0 },
  })
  expect(sallyport(['scan', ...args]).stdout).toContain('2 × known in the baseline')
  write('models/new.pkl', EVIL.replace('id', 'ls'))
  expect(scanOf(args)).toMatchObject({ verdict: 'malicious', baseline: { known: 2 } })
  rmSync(join(folder, 'models/new.pkl'))
  expect(scanOf([...args, '--exclude', 'ours.pkl']).baseline).toMatchObject({ known: 1, gone: 1 })
})

const suppression = (fields: string) =>
  `schemaVersion: 1\nsuppressions:\n  - { rule: pickle/unknown-import, path: "models/ours.pkl", ${fields} }\n`

test('a suppression puts a finding aside, says so, and is refused without an owner', () => {
  write('ours.yaml', suppression('owner: ada, reason: "we wrote it", until: 2999-12-31'))
  const args = ['models/ours.pkl', '--suppressions', 'ours.yaml']
  expect(scanOf(args)).toMatchObject({ verdict: 'clean', seenVerdict: 'suspicious' })
  expect(sallyport(['scan', ...args]).stdout).toContain(
    'pickle/unknown-import: we wrote it (ada, until 2999-12-31)',
  )
  write('ours.yaml', suppression('reason: "we wrote it", until: 2999-12-31'))
  expect(sallyport(['scan', ...args])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('ours.yaml:3:5 a suppression needs owner'),
  })
  write('ours.yaml', suppression('owner: ada, reason: "we wrote it", until: 2020-01-01'))
  expect(sallyport(['scan', ...args])).toMatchObject({
    status: 4,
    stdout: expect.stringContaining('expired'),
  })
})

test('a suppressions file here is read, but not when it lies in what is judged', () => {
  write('.sallyport-ignore.yaml', suppression('owner: ada, reason: "we wrote it", until: 2999-12-31'))
  try {
    expect(sallyport(['scan', 'models/ours.pkl']).status).toBe(0)
    const inside = sallyport(['scan', '.', '--include', 'ours.pkl'])
    expect(inside.status).toBe(4)
    expect(inside.stderr).toContain('was not used')
  } finally {
    rmSync(join(folder, '.sallyport-ignore.yaml'))
  }
})

describe('failures', () => {
  test.for([
    ['scan', ['scan', 'nowhere', '--json'], 'NOT_FOUND'],
    ['scan by format', ['scan', 'nowhere', '--format', 'json'], 'NOT_FOUND'],
    ['an unknown flag', ['scan', 'models', '--frob', '--json'], 'USAGE'],
    ['an unknown command', ['scam', '--json'], 'USAGE'],
    ['an argument too few', ['show', '--json'], 'USAGE'],
    ['a bad value', ['scan', 'models', '--timeout', 'soon', '--json'], 'USAGE'],
    ['an unknown rule', ['rules', 'show', 'x/y', '--json'], 'NOT_FOUND'],
  ] as const)('%s is one JSON object under --json', ([, args, code]) => {
    const { status, stdout, stderr } = sallyport(args)
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      kind: 'error',
      code,
      message: expect.any(String),
    })
  })

  test('and text on standard error otherwise', () => {
    expect(sallyport(['scan', 'nowhere'])).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('(NOT_FOUND)'),
    })
  })
})

test('a rule is explained by scan and by rules alike, with an example', () => {
  const [byScan, byRules] = [
    sallyport(['scan', '--explain', 'pickle/active-import']),
    sallyport(['rules', 'show', 'pickle/active-import']),
  ]
  expect(byScan.stdout).toBe(byRules.stdout)
  expect(byScan.stdout).toContain('It stays silent on')
  expect(scanOf(['--explain', 'pickle/active-import'])).toMatchObject({
    kind: 'rule',
    rule: { id: 'pickle/active-import' },
  })
  expect(sallyport(['rules', 'show', 'active-import']).stderr).toContain('did you mean pickle/active-import')
})

test.for([
  ['--fa', '--fail-on'],
  ['--re', '--report'],
  ['--write', '--write-baseline'],
] as const)('the shell completes %s', ([typed, whole]) => {
  expect(sallyport(['__complete', 'scan', typed]).stdout.split('\n')).toContain(whole)
})

test('the shell completes formats and rules', () => {
  expect(sallyport(['__complete', 'scan', '--format', 's']).stdout.trim()).toBe('sarif')
  expect(sallyport(['__complete', 'rules', 'show', 'pickle/active-i']).stdout.trim()).toBe(
    'pickle/active-import',
  )
})
