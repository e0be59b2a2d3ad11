import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { addReport, type VulnDb } from '../../src/services/dependencies/index.ts'
import { decide, parsePolicy } from '../../src/trust/policy/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

// Reports in the form that each tool's schema or documentation gives (synthetic: no tool ran here).
const TRIVY = {
  SchemaVersion: 2,
  CreatedAt: '2026-11-20T09:00:00.123456789Z',
  ArtifactName: 'serving',
  ArtifactType: 'container_image',
  Trivy: { Version: '0.67.2' },
  Results: [
    { Target: 'none', Class: 'os-pkgs' },
    {
      Target: 'Python',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-1000',
          PkgName: 'torch',
          InstalledVersion: '2.0',
          FixedVersion: '2.1, 2.0.1',
          Severity: 'CRITICAL',
          PkgIdentifier: { PURL: 'pkg:pypi/torch@2.0' },
          CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 9.8 } },
        },
        { VulnerabilityID: 'CVE-2026-1001', PkgName: 'x', InstalledVersion: '1', Severity: 'LOW' },
      ],
    },
  ],
}
const GRYPE = {
  matches: [
    {
      vulnerability: {
        id: 'GHSA-aaaa-bbbb-cccc',
        severity: 'High',
        cvss: [{ version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
        fix: { versions: ['2.1'], state: 'fixed' },
        epss: [{ cve: 'CVE-2026-1000', epss: 0.25 }],
        knownExploited: [{ cve: 'CVE-2026-1000' }],
      },
      relatedVulnerabilities: [{ id: 'CVE-2026-1000' }],
      artifact: { name: 'torch', version: '2.0', purl: 'pkg:pypi/torch@2.0' },
    },
  ],
  ignoredMatches: [{}],
  descriptor: {
    name: 'grype',
    version: '0.104.0',
    timestamp: '2026-11-20T10:00:00Z',
    db: { status: { built: '2026-11-20T01:00:00Z', schemaVersion: 'v6.1.0' } },
  },
}
const SNYK = [
  {
    ok: false,
    packageManager: 'pip',
    vulnerabilities: [
      {
        id: 'SNYK-PYTHON-TORCH-1',
        severity: 'high',
        CVSSv3: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
        identifiers: { CVE: ['CVE-2026-1000'], CWE: ['CWE-502'] },
        packageName: 'torch',
        version: '2.0',
        fixedIn: ['2.1'],
        epssDetails: { probability: '0.25' },
      },
      {
        id: 'SNYK-PYTHON-TORCH-1',
        severity: 'high',
        identifiers: { CVE: ['CVE-2026-1000'] },
        packageName: 'torch',
        version: '2.0',
      },
    ],
  },
  { ok: true, packageManager: 'npm', vulnerabilities: [] },
]
const OSV_SCANNER = {
  results: [
    {
      source: { path: 'requirements.txt', type: 'lockfile' },
      packages: [
        {
          package: { name: 'torch', version: '2.0', ecosystem: 'PyPI' },
          vulnerabilities: [
            {
              id: 'PYSEC-1',
              aliases: ['CVE-2026-1000'],
              severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
              database_specific: { severity: 'CRITICAL' },
            },
          ],
          groups: [{ ids: ['PYSEC-1'], aliases: ['CVE-2026-1000'], max_severity: '9.8' }],
        },
      ],
    },
  ],
}
const sarif = (name: string, results: object[], rules: object[] = []) => ({
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name, semanticVersion: '1.0.0', rules } },
      invocations: [{ executionSuccessful: true, endTimeUtc: '2026-11-20T11:00:00Z' }],
      results,
    },
  ],
})
const SPDX = {
  spdxVersion: 'SPDX-2.3',
  creationInfo: { created: '2026-11-20T08:00:00Z', creators: ['Tool: syft-1.38.0'] },
  packages: [
    {
      SPDXID: 'SPDXRef-a',
      name: 'a',
      versionInfo: '1',
      externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:pypi/a@1' }],
    },
    {
      SPDXID: 'SPDXRef-b',
      name: 'b',
      versionInfo: '2',
      externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:pypi/b@2' }],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-a', relatedSpdxElement: 'SPDXRef-b', relationshipType: 'DEPENDS_ON' },
  ],
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-reports-'))
let room: Awaited<ReturnType<typeof openRoom>>
let model: Digest
beforeAll(async () => {
  mkdirSync(join(folder, 'home'))
  room = await openRoom(join(folder, 'home'))
  writeFileSync(join(folder, 'm.bin'), 'x')
  model = (await room.registry.importModel({ path: join(folder, 'm.bin'), name: 'm' }, someone('ada'))).digest
})
afterAll(async () => {
  await room.close()
  rmSync(folder, { recursive: true, force: true })
})

const NOW = new Date('2026-11-21T12:00:00Z')
const KNOWN = {
  exploitOf: (cve: string) => ({ kev: cve === 'CVE-2026-1000' }),
  close: () => undefined,
} as unknown as VulnDb
async function add(value: unknown, more: { at?: string; format?: 'trivy' | 'spdx'; database?: VulnDb } = {}) {
  const { desk } = room.registry
  const { database, ...rest } = more
  return addReport(
    { desk, blobs: room.blobs, now: () => NOW, database: { open: () => database } },
    {
      file: 'r.json',
      bytes: new TextEncoder().encode(JSON.stringify(value)),
      subject: await desk.subject(model),
      subjectDigest: model,
      ...rest,
    },
  )
}
const predicateOf = async (statement: Digest | undefined) =>
  (await room.registry.desk.statements(model)).find(({ row }) => row.digest === statement)?.verified.statement
    .predicate

describe('reports of other tools become evidence', () => {
  test.for([
    [
      'trivy',
      TRIVY,
      {},
      [
        ['CVE-2026-1000', 'critical'],
        ['CVE-2026-1001', 'low'],
      ],
      '2026-11-20T09:00:00.123Z',
    ],
    ['grype', GRYPE, {}, [['CVE-2026-1000', 'high']], '2026-11-20T10:00:00.000Z'],
    ['snyk', SNYK, { at: '2026-11-19T00:00:00Z' }, [['CVE-2026-1000', 'high']], '2026-11-19T00:00:00.000Z'],
    [
      'osv-scanner',
      OSV_SCANNER,
      { at: '2026-11-19T00:00:00Z' },
      [['CVE-2026-1000', 'critical']],
      '2026-11-19T00:00:00.000Z',
    ],
    [
      'sarif',
      sarif(
        'Grype',
        [{ ruleId: 'CVE-2026-1000-torch', ruleIndex: 0 }],
        [{ id: 'CVE-2026-1000-torch', properties: { 'security-severity': '9.8' } }],
      ),
      {},
      [['CVE-2026-1000', 'critical']],
      '2026-11-20T11:00:00.000Z',
    ],
  ] as const)('%s', async ([format, value, more, expected, at]) => {
    const [added] = await add(value, more)
    expect(added).toMatchObject({ format, predicate: 'vulns', at, isKnown: false, results: expected.length })
    const predicate = await predicateOf(added?.statement)
    const { scanner, report } = predicate as {
      scanner: { result: { id: string; severity: { method: string; score: string }[] }[] }
      report: { digest: string }
    }
    expect(
      scanner.result.map(({ id, severity }) => [
        id,
        severity.find(({ method }) => method === 'rating')?.score,
      ]),
    ).toEqual(expected)
    expect(await room.blobs.has(report.digest.slice('sha256:'.length))).toBe(true)
    expect(await add(value, more)).toMatchObject([{ isKnown: true, statement: added?.statement }])
  })

  test('what a tool left out makes the coverage partial', async () => {
    const [added] = await add(GRYPE)
    expect(await predicateOf(added?.statement)).toMatchObject({
      coverage: { status: 'partial', reason: expect.stringContaining('1 match') },
    })
  })

  test('SARIF of another tool is a test: an error fails, what is suppressed is said', async () => {
    const results = [
      { ruleId: 'a', level: 'error' },
      { ruleId: 'b' },
      { ruleId: 'c', suppressions: [{ kind: 'inSource' }] },
    ]
    const [added] = await add(sarif('CodeQL', results))
    expect(await predicateOf(added?.statement)).toMatchObject({
      result: 'FAILED',
      failedTests: ['a'],
      warnedTests: ['b', expect.stringContaining('suppressed')],
      at: '2026-11-20T11:00:00.000Z',
    })
    expect(await add(sarif('Clean', []))).toMatchObject([{ predicate: 'test-result', results: 0 }])
  })

  test('a bill of materials keeps its time and its graph', async () => {
    const [added] = await add(SPDX)
    expect(added).toMatchObject({
      predicate: 'cyclonedx',
      tool: 'syft 1.38.0',
      results: 2,
      at: '2026-11-20T08:00:00.000Z',
    })
    expect(await predicateOf(added?.statement)).toMatchObject({
      metadata: { timestamp: '2026-11-20T08:00:00.000Z' },
      dependencies: [{ ref: 'pkg:pypi/a@1', dependsOn: ['pkg:pypi/b@2'] }],
    })
  })

  test.for([
    ['no time', OSV_SCANNER, {}, /--at/],
    ['a time to come', { ...TRIVY, CreatedAt: '2027-01-01T00:00:00Z' }, {}, /future/],
    ['another tool', { hello: 1 }, {}, /no report of/],
    ['the wrong format', SNYK, { format: 'trivy' }, /no report of trivy/],
    ['no bill', TRIVY, { format: 'spdx' }, /no spdx/],
    [
      'half a result',
      { ...TRIVY, Results: [{ Vulnerabilities: [{ PkgName: 'x' }] }] },
      {},
      /no VulnerabilityID/,
    ],
  ] as const)('%s is refused', async ([, value, more, why]) => {
    await expect(add(value, more)).rejects.toThrow(why)
  })
})

test('a policy refuses what is known to be exploited, and what nobody asked about', async () => {
  const parsed = parsePolicy(`schemaVersion: 1
name: kev
stages:
  production:
    evidence:
      - predicate: vulns
        signers: [assessor]
        tolerate: { severities: [high, medium, low, info] }
        conditions:
          - cel: predicate.scanner.result.all(v, v.annotations[0].kev == false)
            message: nothing in it is known to be exploited
    approvals: { count: 2, excludeRequester: true, distinctOwners: true }
    expiresAfter: 1d
`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const harmless = {
    ...TRIVY,
    Results: [{ Vulnerabilities: [{ VulnerabilityID: 'CVE-2026-2000', PkgName: 'y', Severity: 'LOW' }] }],
  }
  const codesFor = async (value: unknown, database?: VulnDb) => {
    const [added] = await add(value, database === undefined ? {} : { database })
    const found = (await room.registry.desk.statements(model)).filter(
      ({ row }) => row.digest === added?.statement,
    )
    const kase = {
      tenant: 'default',
      subject: model,
      stage: 'production' as const,
      at: NOW,
      statements: found.map(({ verified }) => verified),
      id: '0193a3b0-0000-7000-8000-000000000000',
    }
    return decide(parsed.value, kase)
      .reasons.map(({ code }) => code)
      .filter((code) => code.includes('condition'))
  }
  const at = (day: string, value: object) => ({ ...value, CreatedAt: `2026-11-${day}T00:00:00Z` })
  expect(await codesFor(at('10', TRIVY), KNOWN)).toEqual(['condition.not-met'])
  expect(await codesFor(at('11', harmless), KNOWN)).toEqual(['ok.condition'])
  expect(await codesFor(at('12', harmless))).toEqual(['condition.failed'])
})
