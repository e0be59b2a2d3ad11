import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import type { Log } from 'sarif'
import { describe, expect, test } from 'vitest'
import { type Finding, SEVERITIES, VERDICTS } from '../../ground/domain/index.ts'
import type { PutAside, ScannedFile, ScanReport } from '../scan/index.ts'
import { cycloneDxOf, junitOf, type ReportMaker, ruleFacts, sarifOf } from './index.ts'

const ROOT = new URL('../../../', import.meta.url)
const maker: ReportMaker = { version: '1.2.3', rules: ruleFacts(), folder: '/work' }
const FAIL_ON = new Set(VERDICTS.filter((verdict) => verdict !== 'clean'))

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))
}

/** The schema is of draft 4, of which ajv knows everything but the name of `id`. */
function sarifValidator() {
  const { id, $schema: _, ...schema } = readJson('test/vectors/oasis-sarif/sarif-schema-2.1.0.json')
  if (typeof id !== 'string') throw new Error('a schema without its id')
  const ajv = new Ajv({ strict: false, allErrors: false })
  addFormats.default(ajv)
  return ajv.compile({ $id: id, ...schema })
}

function bomValidator() {
  const folder = 'node_modules/@cyclonedx/cyclonedx-library/res/schema'
  const ajv = new Ajv({ strict: false, allErrors: false })
  addFormats.default(ajv)
  // Formats of international names, which ajv-formats does not have.
  ajv.addFormat('iri-reference', true)
  ajv.addFormat('idn-email', true)
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema({
      ...readJson(`${folder}/${name}.SNAPSHOT.schema.json`),
      $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    })
  return ajv.compile(readJson(`${folder}/bom-1.7.SNAPSHOT.schema.json`))
}

const isSarif = sarifValidator()
const isBom = bomValidator()

const finding = (over: Partial<Finding> = {}): Finding => ({
  ruleId: 'pickle/active-import',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file runs code',
  message: 'imports posix.system',
  location: { path: 'a.pt', members: ['a/data.pkl'], offset: 17 },
  call: "posix.system('id')",
  remedy: 'Do not load the file.',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  fingerprint: '0123456789abcdef',
  ...over,
})
const file = (path: string, over: Partial<ScannedFile> = {}): ScannedFile => ({
  path,
  sizeBytes: 100,
  verdict: 'clean',
  coverage: [{ path, format: 'pickle', sizeBytes: 100, readBytes: 100, status: 'full' }],
  findings: [],
  ...over,
})
const reportOf = (files: readonly ScannedFile[], over: Partial<ScanReport> = {}): ScanReport => ({
  schemaVersion: 1,
  kind: 'scan',
  path: 'models',
  paths: ['models'],
  base: 'models',
  verdict: 'malicious',
  assessor: { assessor: 'model', version: '1.0.0', ruleSet: `sha256:${'0'.repeat(64)}` },
  startedAt: '2026-11-21T10:00:00.000Z',
  finishedAt: '2026-11-21T10:00:01.500Z',
  files,
  excluded: [],
  summary: {
    ...{ files: files.length, findings: 1, putAside: 0, excluded: 0, sizeBytes: 100, readBytes: 100 },
    verdicts: { malicious: 1, undecided: 0, suspicious: 0, clean: 0 },
  },
  ...over,
})

const EVIL = file('a.pt', { verdict: 'malicious', findings: [finding()] })
const ASIDE: PutAside = {
  finding: finding({
    ruleId: 'pickle/unknown-import',
    severity: 'medium',
    verdict: 'suspicious',
    location: { path: 'b.pkl', offset: 5 },
  }),
  by: { kind: 'suppression', owner: 'ada', reason: 'ours', until: '2026-12-31' },
}
const CUT = file('c.bin', {
  verdict: 'undecided',
  coverage: [
    {
      path: 'c.bin',
      format: 'unknown',
      sizeBytes: 9,
      readBytes: 0,
      status: 'none',
      reason: 'not understood',
    },
  ],
})
const RICH = reportOf(
  [
    EVIL,
    file('b.pkl', { putAside: [ASIDE], seenVerdict: 'suspicious', sha256: 'ab'.repeat(32) }),
    CUT,
    file('README.md'),
  ],
  {
    excluded: [{ path: 'x.onnx', reason: '--exclude *.onnx' }],
    suppressions: {
      file: '.sallyport-ignore.yaml',
      expired: [],
      unused: [{ rule: 'a/b', owner: 'ada', until: '2026-12-31', line: 3, reason: 'no file has it' }],
    },
  },
)

/** Names as hostile as a file system, an archive and a pickle can make them. */
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(
      '\ud800',
      '\udc00',
      '\u0000',
      '\u001b',
      ']]>',
      '&',
      '<',
      '"',
      '%',
      '\ufffe',
      '\u202e',
      '/',
      '..',
      ' ',
      '\n',
      '://',
    ),
    minLength: 1,
  }),
)
const anyFinding = fc
  .record({
    title: name,
    message: name,
    call: name,
    member: name,
    offset: fc.nat(),
    rank: fc.nat(4),
    verdict: fc.nat(3),
    hex: fc.nat(),
  })
  .map(({ title, message, call, member, offset, rank, verdict, hex }) =>
    finding({
      ...{ title, message, call, remedy: message },
      severity: SEVERITIES[rank] ?? 'info',
      verdict: VERDICTS[verdict] ?? 'clean',
      location: { path: 'x', members: [member], offset },
      fingerprint: hex.toString(16).padStart(16, '0'),
    }),
  )
const anyReport = fc
  .array(
    fc.record({
      path: name,
      findings: fc.array(anyFinding, { maxLength: 4 }),
      rank: fc.nat(3),
      reason: name,
    }),
    { maxLength: 5 },
  )
  .map((files) =>
    reportOf(
      files.map(({ path, findings, rank, reason }, i) =>
        file(`${path}${i}`, {
          verdict: VERDICTS[rank] ?? 'clean',
          findings: findings.map((one) => ({ ...one, location: { ...one.location, path: `${path}${i}` } })),
          coverage: [{ path, format: 'x', sizeBytes: 1, readBytes: 1, status: 'partial', reason }],
        }),
      ),
      {
        paths: [files[0]?.path ?? 'x'],
        base: files[0]?.reason ?? '',
        excluded: files.map(({ path, reason }) => ({ path, reason })),
      },
    ),
  )

describe('golden reports', () => {
  const rules = ['pickle/active-import', 'pickle/unknown-import'].map((id) => ({
    ...({ id, severity: 'critical', verdict: 'malicious', title: 'A title' } as const),
    ...{ source: 'https://example.org/', taxonomy: ['CWE-502', 'CVE-2025-1716', 'AML.T0011.000'] },
    ...{ why: 'Because of `__reduce__`.', remedy: 'Do this.' },
  }))
  const fixed = { ...maker, rules }

  test.for([
    ['sarif', () => sarifOf(RICH, fixed)],
    ['cdx.json', () => cycloneDxOf(RICH, fixed, async () => '---\nlicense: mit\n---\n')],
    ['xml', () => junitOf(RICH, FAIL_ON)],
  ] as const)('scan.%s is as it was', async ([ending, write]) => {
    await expect(await write()).toMatchFileSnapshot(`fixtures/scan.${ending}`)
  })
})

describe('SARIF', () => {
  const logOf = (report: ScanReport): Log => JSON.parse(sarifOf(report, maker))

  test('a report is valid against the schema of OASIS', () => {
    expect(isSarif(logOf(RICH)), JSON.stringify(isSarif.errors?.slice(0, 3))).toBe(true)
    expect(isSarif({ ...logOf(RICH), version: '3' })).toBe(false)
  })

  test('and stays so with any names', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(isSarif(logOf(report)), JSON.stringify(isSarif.errors?.slice(0, 3))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('a result says where, what runs, and has a fingerprint that GitHub reads', () => {
    const [result] = logOf(RICH).runs[0]?.results ?? []
    expect(result).toMatchObject({
      ruleId: 'pickle/active-import',
      level: 'error',
      partialFingerprints: {
        'sallyportFinding/v1': '0123456789abcdef',
        primaryLocationLineHash: '0123456789abcdef:1',
      },
      suppressions: [],
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'models/a.pt', uriBaseId: '%SRCROOT%', index: 0 } },
          logicalLocations: [{ fullyQualifiedName: 'a/data.pkl', kind: 'member' }],
          properties: { memberByteOffset: 17 },
        },
      ],
    })
    expect(result?.message.text).toContain("Loading runs posix.system('id').")
  })

  test('what was put aside stays, with who answers for it', () => {
    const aside = logOf(RICH).runs[0]?.results?.[1]
    expect(aside).toMatchObject({
      locations: [{ physicalLocation: { region: { byteOffset: 5 } } }],
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'ours',
          properties: { owner: 'ada', until: '2026-12-31' },
        },
      ],
    })
  })

  test('what was not looked at, excluded files and idle suppressions are notifications', () => {
    const notes = logOf(RICH).runs[0]?.invocations?.[0]?.toolExecutionNotifications ?? []
    expect(notes.map(({ descriptor, level }) => [descriptor?.id, level])).toEqual([
      ['not-checked', 'error'],
      ['excluded', 'note'],
      ['suppression', 'warning'],
    ])
  })

  test('a path outside of the folder is absolute, one inside is relative', () => {
    const uriOf = (base: string) =>
      logOf(reportOf([EVIL], { base })).runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation
        ?.artifactLocation
    expect(uriOf('/work/deep')).toMatchObject({ uri: 'deep/a.pt', uriBaseId: '%SRCROOT%' })
    expect(uriOf('/tmp/a b')).toEqual({ uri: 'file:///tmp/a%20b/a.pt', index: 0 })
    expect(uriOf('../up')).toMatchObject({ uri: '../up/a.pt' })
  })

  test('rules keep to what GitHub shows: ten tags, 1,024 characters, a score', () => {
    const crowded = {
      ...maker,
      rules: maker.rules.map((rule) => ({
        ...rule,
        why: 'x'.repeat(3000),
        taxonomy: Array.from({ length: 30 }, (_, i) => `CVE-2026-${1000 + i}`),
      })),
    }
    const [rule] = (JSON.parse(sarifOf(RICH, crowded)) as Log).runs[0]?.tool.driver.rules ?? []
    expect(rule?.properties?.tags).toHaveLength(10)
    expect(rule?.fullDescription?.text).toHaveLength(1024)
    expect(rule?.properties?.['security-severity']).toBe('9.5')
    expect(rule?.help?.markdown).toContain('**What to do.**')
  })

  test('beyond 5,000 results the most severe stay, and a notification says what was cut', () => {
    const many = Array.from({ length: 6000 }, (_, i) =>
      finding({ fingerprint: i.toString(16).padStart(16, '0'), severity: i >= 5990 ? 'critical' : 'low' }),
    )
    const [run] = logOf(reportOf([file('a.pt', { findings: many })])).runs
    expect(run?.results).toHaveLength(5000)
    expect(run?.results?.filter(({ level }) => level === 'error')).toHaveLength(10)
    const notes = run?.invocations?.[0]?.toolExecutionNotifications ?? []
    expect(notes.at(-1)?.message.text).toBe(
      '1000 of 6000 findings were left out, the least severe ones; --json has all',
    )
  })

  test('a file that stays too large when gzipped is cut further', () => {
    const noise = (i: number) => createNoise(i)
    const many = Array.from({ length: 400 }, (_, i) =>
      finding({ fingerprint: noise(i).slice(0, 16), message: noise(i) }),
    )
    const text = sarifOf(reportOf([file('a.pt', { findings: many })]), maker, {
      results: 5000,
      gzipBytes: 20_000,
    })
    expect(gzipSync(text).length).toBeLessThanOrEqual(20_000)
    expect(isSarif(JSON.parse(text))).toBe(true)
    expect(text).toContain('findings were left out')
    expect(gunzipSync(gzipSync(text)).toString()).toBe(text)
  })
})

/** Hex that does not compress, the same every time. */
function createNoise(seed: number): string {
  let state = seed * 2_654_435_761 + 1
  return Array.from({ length: 60 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state.toString(16).padStart(8, '0')
  }).join('')
}

describe('CycloneDX', () => {
  const README =
    '---\nlicense: apache-2.0\npipeline_tag: text-classification\ndatasets: [imdb, "a b"]\nbase_model: google/bert\nlanguage: en\nmetrics: [f1]\ntags: [x]\n---\n# A model\n'
  const CONFIG = '{"model_type":"bert","architectures":["BertForSequenceClassification"]}'
  const bomOf = async (report: ScanReport, readme: string | undefined = README) =>
    JSON.parse(
      await cycloneDxOf(report, maker, async (place) => (place.endsWith('README.md') ? readme : CONFIG)),
    )

  test('a report is valid against the schema of CycloneDX 1.7', async () => {
    const bom = await bomOf(
      reportOf([...RICH.files, file('config.json'), file('sub/README.md')], { excluded: RICH.excluded }),
    )
    expect(isBom(bom), JSON.stringify(isBom.errors?.slice(0, 3))).toBe(true)
    expect(isBom({ ...bom, bomFormat: 'SPDX' })).toBe(false)
  })

  test('and stays so with any names and any papers', async () => {
    await fc.assert(
      fc.asyncProperty(anyReport, name, async (report, text) => {
        const files = [...report.files, file('README.md'), file('config.json')]
        const bom = await bomOf({ ...report, files }, `---\nlicense: ${text}\ndatasets: [${text}, x]\n---\n`)
        expect(isBom(bom), JSON.stringify(isBom.errors?.slice(0, 3))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('papers of the model are its card', async () => {
    const bom = await bomOf(reportOf([file('README.md'), file('config.json')]))
    expect(bom.metadata.component).toMatchObject({
      type: 'machine-learning-model',
      name: 'models',
      licenses: [{ license: { id: 'Apache-2.0' } }],
      modelCard: {
        modelParameters: {
          task: 'text-classification',
          architectureFamily: 'bert',
          modelArchitecture: 'BertForSequenceClassification',
          datasets: [{ ref: 'dataset-1' }, { ref: 'dataset-2' }],
        },
        quantitativeAnalysis: { performanceMetrics: [{ type: 'f1' }] },
      },
    })
    expect(bom.components).toContainEqual(expect.objectContaining({ type: 'data', name: 'imdb' }))
  })

  test('findings are vulnerabilities, accepted ones with their analysis; gaps make a file incomplete', async () => {
    const bom = await bomOf(RICH)
    expect(bom.vulnerabilities).toMatchObject([
      {
        id: 'pickle/active-import',
        ratings: [{ severity: 'critical' }],
        cwes: [502],
        affects: [{ ref: 'file-1' }],
      },
      { id: 'pickle/unknown-import', analysis: { state: 'exploitable', response: ['will_not_fix'] } },
    ])
    expect(bom.compositions).toContainEqual({ aggregate: 'incomplete', assemblies: ['file-3'] })
    expect(bom.annotations.map(({ text }: { text: string }) => text)).toContain('Not checked: not understood')
    expect(bom.components[1].hashes).toEqual([{ alg: 'SHA-256', content: 'ab'.repeat(32) }])
  })

  test('the same scan is the same document, number included', async () => {
    expect(await bomOf(RICH)).toEqual(await bomOf(RICH))
    expect((await bomOf(RICH)).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('JUnit', () => {
  /** Not valid XML 1.0: characters that no document may hold (section 2.2), and markup that was not escaped. */
  function problemOf(xml: string): string | undefined {
    if (!xml.isWellFormed()) return 'half a character'
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml))
      return 'a character that XML does not have'
    const open: string[] = []
    const rest = xml
      .replace(/^<\?xml[^?]*\?>/, '')
      .replace(/<(\/?)([a-z-]+)(?: [a-z]+="[^"<]*")*(\/?)>/g, (_, end, tag, empty) => {
        if (end === '/') return open.pop() === tag ? '' : '<'
        if (empty !== '/') open.push(tag)
        return ''
      })
    if (open.length > 0) return `open: ${open.join()}`
    return /[<>]|&(?!amp;|lt;|gt;|quot;)/.test(rest) ? `markup in ${rest}` : undefined
  }

  test('a report has a case for each file: failures, errors, skipped', () => {
    const xml = junitOf(RICH, FAIL_ON)
    expect(problemOf(xml)).toBeUndefined()
    expect(xml).toContain(
      '<testsuite name="models" tests="5" failures="1" errors="1" skipped="1" time="1.500"',
    )
    expect(xml).toContain('<failure message="Loading this file runs code" type="malicious">')
    expect(xml).toContain('<error message="not checked: not understood" type="undecided">')
    expect(xml).toContain('<skipped message="--exclude *.onnx"/>')
    expect(xml).toContain('put aside by ada until 2026-12-31: ours')
  })

  test('a verdict that does not fail the scan does not fail its case', () => {
    const xml = junitOf(RICH, new Set(['malicious']))
    expect(xml).toContain('<skipped message="undecided: not checked: not understood"')
    expect(xml).toContain('errors="0"')
  })

  test('it is well-formed with any names', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(problemOf(junitOf(report, FAIL_ON))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test.skipIf(!hasPython())('an XML parser of others reads it', () => {
    const nasty = reportOf([
      file('a\u0000<&"\ud800]]>.pkl', {
        verdict: 'malicious',
        findings: [finding({ message: '\u001b[31m<![CDATA[' })],
      }),
    ])
    const out = execFileSync(
      'python3',
      [
        '-c',
        'import sys,xml.etree.ElementTree as e;print(len(e.fromstring(sys.stdin.buffer.read()).findall(".//testcase")))',
      ],
      {
        input: junitOf(nasty, FAIL_ON),
        encoding: 'utf8',
      },
    )
    expect(out.trim()).toBe('1')
  })
})

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', ''])
    return true
  } catch (error) {
    if (process.env.SALLYPORT_REQUIRE === '1') throw error
    return false
  }
}
