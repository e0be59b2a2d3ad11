import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ago,
  approval,
  assessment,
  changesRequested,
  consent,
  DAY,
  finding,
  HOUR,
  KEYS,
  MANIFEST,
  NOW,
  OTHER_MANIFEST,
  quarantine,
  rejection,
  revocation,
  SUBJECT,
  scan,
  TRUSTED,
  waiver,
} from '../../../test/trust/sealed-world.ts'
import { canonicalJson, generateKey, type Signer, sealEnvelope } from '../../ground/crypto/index.ts'
import {
  type Decision,
  type Digest,
  digestOfBytes,
  STATEMENT_TYPE,
  type Statement,
  type StatementKind,
} from '../../ground/domain/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import {
  attestCycloneDx,
  attestDecision,
  attestDeploymentReceipt,
  attestDerivation,
  attestModelScan,
  attestSlsaProvenance,
  attestTestResult,
  attestVulns,
  exportVsa,
} from './attest.ts'
import { descriptorSubject } from './descriptor-subject.ts'
import { isVerified, openStatement } from './open-statement.ts'
import { kindOfPredicate, nameOfPredicate, PREDICATE_NAMES, PREDICATE_TYPES } from './predicate-types.ts'
import { BUNDLE_MEDIA_TYPE, MAX_BUNDLE_BYTES, PAYLOAD_TYPE, sealStatement } from './seal-statement.ts'
import { trustKeys } from './trusted-keys.ts'

const KEY_PEM = KEYS.consent.publicKeyPem
const KEY_SUBJECT = descriptorSubject('key', `sha256:${KEYS.consent.keyId}` as Digest, {
  ...{ name: 'consent', tenant: 'default' },
})
const DECISION: Decision = {
  id: 'id',
  tenant: 'default',
  subject: MANIFEST.digest,
  stage: 'production',
  outcome: 'allow',
  reasons: [{ code: 'ok.approvals', outcome: 'allow', message: 'm', statements: [] }],
  policy: { name: 'default', digest: MANIFEST.digest },
  inputs: [MANIFEST.digest],
  decidedAt: ago(0),
  expiresAt: ago(-DAY),
}
const { note: _note, ...WISH } = consent('anna', HOUR)
const VSA = exportVsa(SUBJECT, DECISION)
if (VSA === undefined) throw new Error('an allow has a summary')

const ALL: readonly Statement[] = [
  scan({}),
  quarantine(),
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['hub-source'],
    predicate: {
      ...{ at: ago(0), hub: 'hub.example', repoKind: 'model', repo: 'org/name', revision: 'main' },
      commit: 'a'.repeat(40),
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['pull-source'],
    predicate: {
      ...{ at: ago(0), door: 'oci', origin: 'registry.example', name: 'org/model', revision: 'v1' },
      version: 'b'.repeat(64),
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['bundle-source'],
    predicate: {
      ...{ at: ago(0), bundle: MANIFEST.digest, exportedAt: ago(1000), stage: 'staging' },
      ...{ signerKeyId: 'a'.repeat(64), belief: 'settled', takenOver: [] },
      log: { origin: 'example.com/log', vkey: 'example.com/log+00000000+AA==', checkpoint: 'a note' },
      decision: { id: 'id', expiresAt: ago(-DAY) },
      statements: [{ digest: MANIFEST.digest, predicateType: PREDICATE_TYPES['model-scan'] }],
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['access-request'],
    predicate: { at: ago(0), principalId: 'anna', owner: 'anna', door: 'hub', stage: 'development' },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['model-signature'],
    predicate: {
      ...{ at: ago(0), result: 'valid', method: 'key', believed: 'release', keyId: 'a'.repeat(64) },
      ...{ bundle: MANIFEST.digest, statement: OTHER_MANIFEST.digest },
    },
  },
  attestDeploymentReceipt(SUBJECT, { ...WISH, stage: 'production', decision: MANIFEST.digest }),
  attestDerivation(SUBJECT, { at: ago(0), from: { name: 'base', digest: OTHER_MANIFEST.digest } }),
  {
    _type: STATEMENT_TYPE,
    subject: [descriptorSubject('run', MANIFEST.digest, { name: 'train', tenant: 'default' })],
    predicateType: PREDICATE_TYPES['lineage-event'],
    predicate: {
      at: ago(0),
      principalId: 'anna',
      format: 'openlineage',
      eventType: 'COMPLETE',
      eventTime: ago(0),
      producer: 'https://example.org/airflow',
      runId: 'ea041791-68bc-4ae1-bd89-4c8106a157e4',
      job: { namespace: 'n', name: 'train' },
      inputs: [{ namespace: 'n', name: 'data', digest: MANIFEST.digest }],
      outputs: [{ namespace: 'n', name: 'model' }],
      eventDigest: MANIFEST.digest,
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [descriptorSubject('run', OTHER_MANIFEST.digest, { name: 'nightly', tenant: 'default' })],
    predicateType: PREDICATE_TYPES['training-run'],
    predicate: {
      at: ago(0),
      run: '019feca0-0000-7000-8000-000000000000',
      name: 'nightly',
      outcome: 'finished',
      exit: { code: 0 },
      startedAt: ago(HOUR),
      finishedAt: ago(0),
      command: ['python3', 'train.py'],
      folder: '/work',
      host: 'trainer-1',
      user: 'local:1',
      budget: { warnAt: 0.8, wallMs: DAY },
      resources: {
        ...{ wallMs: HOUR, cpuUserMs: 1, cpuSystemMs: 1, gpuMs: 0, peakMemoryBytes: 1 },
        ...{ readBytes: 0, writtenBytes: 0, peakProcesses: 1, tracking: 'processes' },
      },
      inputs: {
        datasets: [{ name: 'data', digest: MANIFEST.digest }],
        locks: [],
        versions: {},
        environment: {},
      },
      products: [{ name: 'model', digest: OTHER_MANIFEST.digest }],
      egress: [],
      historyRuns: 0,
      findings: [],
      coverage: [{ what: 'tree', status: 'full' }],
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES['data-vetting'],
    predicate: {
      at: ago(0),
      assessor: { assessor: 'dataset', version: '1', ruleSet: MANIFEST.digest },
      verdict: 'clean',
      findings: 0,
      coverage: { status: 'full' },
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [KEY_SUBJECT],
    predicateType: PREDICATE_TYPES['key-event'],
    predicate: {
      ...{ at: ago(0), event: 'revoked', role: 'consent', since: ago(1), reason: 'a lost laptop' },
      publicKeyPem: KEY_PEM,
    },
  },
  {
    _type: STATEMENT_TYPE,
    subject: [KEY_SUBJECT],
    predicateType: PREDICATE_TYPES['log-time'],
    predicate: { at: ago(0), checkpoint: 'example.com/log\n1\n…' },
  },
  approval('anna'),
  rejection('anna'),
  changesRequested('anna'),
  waiver('anna'),
  revocation('anna'),
  attestDecision(SUBJECT, DECISION),
  VSA,
  attestSlsaProvenance(SUBJECT, {
    buildDefinition: { buildType: 'https://example.org/train', externalParameters: {} },
    runDetails: { builder: { id: 'https://example.org/ci' }, metadata: { finishedOn: ago(HOUR) } },
  }),
  attestTestResult(SUBJECT, { result: 'PASSED', configuration: [{ name: 'eval' }] }),
  attestVulns(SUBJECT, {
    scanner: { uri: 'pkg:x', result: [] },
    metadata: { scanStartedOn: ago(1), scanFinishedOn: ago(0) },
  }),
  attestCycloneDx(SUBJECT, { bomFormat: 'CycloneDX', specVersion: '1.7' }),
  {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES.spdx,
    predicate: {
      '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
      '@graph': [{ type: 'CreationInfo' }],
    },
  },
]

const keyFor = (statement: Statement): Signer => KEYS[kindOfPredicate(statement.predicateType)]

/** The bytes of a bundle that nobody checked while making it. */
async function rawBundle(
  payload: string,
  signer: Signer,
  change: Record<string, unknown> = {},
): Promise<Uint8Array> {
  const dsseEnvelope = await sealEnvelope(PAYLOAD_TYPE, utf8(payload), [signer])
  const verificationMaterial = { publicKey: { hint: signer.keyId }, tlogEntries: [] }
  return utf8(JSON.stringify({ mediaType: BUNDLE_MEDIA_TYPE, verificationMaterial, dsseEnvelope, ...change }))
}

test('the table of statements has every predicate once', () => {
  expect(ALL.map(({ predicateType }) => nameOfPredicate(predicateType))).toEqual(PREDICATE_NAMES)
})

test.for(ALL.map((statement) => [nameOfPredicate(statement.predicateType), statement] as const))(
  '%s: what is sealed opens, by its own key only',
  async ([name, statement]) => {
    const bytes = await sealStatement(statement, keyFor(statement))
    const opened = openStatement(bytes, TRUSTED)
    expect(opened).toMatchObject({
      name,
      kind: kindOfPredicate(statement.predicateType),
      digest: digestOfBytes(bytes),
    })
    expect(canonicalJson(opened.statement)).toBe(canonicalJson(statement))
    expect(isVerified(opened)).toBe(true)
    for (const kind of ['evidence', 'consent', 'decision'] satisfies StatementKind[]) {
      // The log's own signature inside vouches for the time: the policy key may carry it too.
      if (kind === opened.kind || (opened.name === 'log-time' && kind === 'decision')) continue
      const forged = await sealStatement(statement, KEYS[kind])
      expect(() => openStatement(forged, TRUSTED)).toThrow(
        expect.objectContaining({ code: 'SIGNER_UNTRUSTED' }),
      )
    }
  },
)

test('an unknown field is kept', async () => {
  const statement = { ...scan({}), extra: 1, predicate: { ...scan({}).predicate, extra: { deep: [1] } } }
  const opened = openStatement(await sealStatement(statement, KEYS.evidence), TRUSTED)
  expect(opened.statement).toMatchObject({ extra: 1, predicate: { extra: { deep: [1] } } })
})

test('one changed byte anywhere never opens as something else', async () => {
  const bytes = await sealStatement(approval('anna'), KEYS.consent)
  const before = canonicalJson(openStatement(bytes, TRUSTED).statement)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ flip : byte))
      let after = 'refused'
      try {
        after = canonicalJson(openStatement(changed, TRUSTED).statement)
      } catch (error) {
        expect(error).toMatchObject({ name: 'SallyportError' })
      }
      // A change in the unsigned hint or in a field that nobody reads leaves the statement as it was.
      expect(['refused', before]).toContain(after)
    }),
    { numRuns: 500 },
  )
})

describe('a bundle is refused', () => {
  const good = canonicalJson(approval('anna'))
  const withPredicate = (change: object) =>
    canonicalJson({ ...approval('anna'), predicate: { ...approval('anna').predicate, ...change } })
  const env = sealEnvelope(PAYLOAD_TYPE, utf8(good), [KEYS.consent])
  test.for<readonly [string, string, () => Promise<Uint8Array>]>([
    ['of no JSON', 'BAD_INPUT', async () => utf8('{')],
    ['that is not UTF-8', 'BAD_INPUT', async () => Uint8Array.of(0x22, 0xff, 0x22)],
    ['larger than the limit', 'TOO_LARGE', async () => new Uint8Array(MAX_BUNDLE_BYTES + 1)],
    [
      'of another media type',
      'BAD_INPUT',
      () => rawBundle(good, KEYS.consent, { mediaType: 'application/json' }),
    ],
    [
      'with a certificate instead of a key',
      'BAD_INPUT',
      () => rawBundle(good, KEYS.consent, { verificationMaterial: { certificate: {} } }),
    ],
    [
      'with a name twice',
      'BAD_INPUT',
      async () =>
        utf8(
          `{"mediaType":"x",${Buffer.from(await rawBundle(good, KEYS.consent))
            .toString()
            .slice(1)}`,
        ),
    ],
    [
      'without a signature',
      'BAD_INPUT',
      async () => rawBundle(good, KEYS.consent, { dsseEnvelope: { ...(await env), signatures: [] } }),
    ],
    [
      'with two signatures',
      'BAD_INPUT',
      async () =>
        rawBundle(good, KEYS.consent, {
          dsseEnvelope: {
            ...(await env),
            signatures: [...(await env).signatures, ...(await env).signatures],
          },
        }),
    ],
    [
      'of another payload type',
      'BAD_INPUT',
      async () =>
        rawBundle(good, KEYS.consent, {
          dsseEnvelope: await sealEnvelope('text/plain', utf8(good), [KEYS.consent]),
        }),
    ],
    ['by a stranger', 'SIGNER_UNTRUSTED', () => rawBundle(good, generateKey('P-256').signer)],
    [
      'by a stranger under a believed name',
      'SIGNATURE_INVALID',
      async () =>
        rawBundle(good, generateKey('P-256').signer, {
          verificationMaterial: { publicKey: { hint: KEYS.consent.keyId } },
        }),
    ],
    [
      'of another _type',
      'BAD_INPUT',
      () => rawBundle(good.replace('Statement/v1', 'Statement/v2'), KEYS.consent),
    ],
    [
      'with a name twice inside',
      'BAD_INPUT',
      () => rawBundle(good.replace('{', '{"_type":"x",'), KEYS.consent),
    ],
    [
      'with __proto__ inside',
      'BAD_INPUT',
      () => rawBundle(good.replace('{', '{"__proto__":{},'), KEYS.consent),
    ],
    [
      'without a subject',
      'BAD_INPUT',
      () => rawBundle(canonicalJson({ ...approval('anna'), subject: [] }), KEYS.consent),
    ],
    [
      'with a subject of SHA-512',
      'BAD_INPUT',
      () =>
        rawBundle(
          canonicalJson({ ...approval('anna'), subject: [{ digest: { sha512: 'a' } }] }),
          KEYS.consent,
        ),
    ],
    [
      'about two models',
      'BAD_INPUT',
      () => rawBundle(canonicalJson({ ...approval('anna'), subject: [SUBJECT, SUBJECT] }), KEYS.consent),
    ],
    [
      'without the OMS root',
      'BAD_INPUT',
      () =>
        rawBundle(
          canonicalJson({
            ...approval('anna'),
            subject: [{ ...SUBJECT, annotations: { tenant: 'default' } }],
          }),
          KEYS.consent,
        ),
    ],
    [
      'without a tenant',
      'BAD_INPUT',
      () =>
        rawBundle(
          canonicalJson({
            ...approval('anna'),
            subject: [{ ...SUBJECT, annotations: { omsRoot: MANIFEST.omsRoot } }],
          }),
          KEYS.consent,
        ),
    ],
    [
      'of an unknown predicate',
      'NOT_SUPPORTED',
      () => rawBundle(good.replace('predicates/approval', 'predicates/blessing'), KEYS.consent),
    ],
    [
      'of an unknown major',
      'NOT_SUPPORTED',
      () => rawBundle(good.replace('approval/v1', 'approval/v2'), KEYS.consent),
    ],
    ['for no stage', 'BAD_INPUT', () => rawBundle(withPredicate({ stage: 'quarantined' }), KEYS.consent)],
    ['of nobody', 'BAD_INPUT', () => rawBundle(withPredicate({ owner: '' }), KEYS.consent)],
    [
      'of a day that no calendar has',
      'BAD_INPUT',
      () => rawBundle(withPredicate({ at: '2026-02-31T00:00:00.000Z' }), KEYS.consent),
    ],
    [
      'of a local time',
      'BAD_INPUT',
      () => rawBundle(withPredicate({ at: '2026-02-01T00:00:00+01:00' }), KEYS.consent),
    ],
  ])('%s', async ([, code, make]) => {
    const bytes = await make()
    expect(() => openStatement(bytes, TRUSTED)).toThrow(expect.objectContaining({ code }))
  })
})

test.for<readonly [string, () => Statement]>([
  [
    'a scan called clean with a malicious finding',
    () => scan({ verdict: 'clean', findings: [finding('malicious')] }),
  ],
  ['a scan called clean that read a part', () => scan({ verdict: 'clean', coverage: 'partial' })],
  [
    'a scan whose verdict is better than its files',
    () => {
      const bad = assessment({ findings: [finding('malicious')] })
      return attestModelScan(SUBJECT, MANIFEST, { ...bad, verdict: 'clean' })
    },
  ],
  [
    'a scan that ended before it began',
    () => attestModelScan(SUBJECT, MANIFEST, { ...assessment({}), startedAt: ago(0) }),
  ],
  [
    'a quarantine of other files',
    () => ({ ...quarantine(), predicate: { ...quarantine().predicate, files: OTHER_MANIFEST.entries } }),
  ],
  ['a waiver that ends before it begins', () => waiver('anna', { endsInMs: -DAY })],
  [
    'a decision better than its reasons',
    () =>
      attestDecision(SUBJECT, {
        ...DECISION,
        reasons: [{ code: 'x', outcome: 'deny', message: 'm', statements: [] }],
      }),
  ],
  [
    'a decision about another model',
    () => attestDecision(SUBJECT, { ...DECISION, subject: OTHER_MANIFEST.digest }),
  ],
  [
    'a model made from itself',
    () => attestDerivation(SUBJECT, { at: ago(0), from: { digest: MANIFEST.digest } }),
  ],
])('neither sealed nor opened: %s', async ([, make]) => {
  const statement = make()
  await expect(sealStatement(statement, keyFor(statement))).rejects.toMatchObject({ code: 'BAD_INPUT' })
  const bytes = await rawBundle(canonicalJson(statement), keyFor(statement))
  expect(() => openStatement(bytes, TRUSTED)).toThrow(/contradicts itself/)
})

test.for([
  ['a file that nobody read', () => ({ ...assessment({}), files: [] })],
  ['another file', () => assessment({ path: 'x' })],
  [
    'one file twice',
    () => ({ ...assessment({}), files: [...assessment({}).files, ...assessment({}).files] }),
  ],
] as const)('an assessment of %s is not one of this model', ([, make]) => {
  expect(() => attestModelScan(SUBJECT, MANIFEST, make())).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT' }),
  )
})

test('SLSA has a word for allow and deny, and none for review', () => {
  expect(exportVsa(SUBJECT, DECISION)?.predicate).toMatchObject({
    verificationResult: 'PASSED',
    verifiedLevels: ['SALLYPORT_PRODUCTION'],
  })
  expect(exportVsa(SUBJECT, { ...DECISION, outcome: 'deny' })?.predicate).toMatchObject({
    verificationResult: 'FAILED',
    verifiedLevels: ['FAILED'],
  })
  expect(exportVsa(SUBJECT, { ...DECISION, outcome: 'review' })).toBeUndefined()
})

test('types are written beneath our own name, with majors only, or are those of others', () => {
  for (const [name, type] of Object.entries(PREDICATE_TYPES))
    if (type.includes('sallyport')) expect(type).toBe(`https://sallyport.dev/predicates/${name}/v1`)
})

describe('a key is believed', () => {
  const { publicKeyPem } = KEYS.consent
  const trust = (more: object) => trustKeys([{ publicKeyPem, roles: ['consent'], ...more }])
  test.for<readonly [string, object, { loggedAt?: Date }, boolean]>([
    ['always', {}, {}, true],
    ['from before the statement', { notBefore: ago(DAY) }, {}, true],
    ['not from after the statement', { notBefore: ago(0) }, {}, false],
    ['until after the statement', { notAfter: ago(0) }, {}, true],
    ['not until before the statement', { notAfter: ago(DAY) }, {}, false],
    ['not once revoked, whatever date the statement bears', { revokedAt: ago(0) }, {}, false],
    [
      'for what a log held before it was revoked',
      { revokedAt: ago(0) },
      { loggedAt: new Date(NOW.getTime() - 1) },
      true,
    ],
    ['not for what a log held after', { revokedAt: ago(0) }, { loggedAt: NOW }, false],
  ])('%s', async ([, key, options, isBelieved]) => {
    const bytes = await sealStatement(approval('anna'), KEYS.consent)
    const open = () => openStatement(bytes, trust(key), options)
    if (isBelieved) expect(open().name).toBe('approval')
    else expect(open).toThrow(expect.objectContaining({ code: 'SIGNER_UNTRUSTED' }))
  })

  test.for([
    ['without a role', [{ publicKeyPem, roles: [] }]],
    [
      'twice',
      [
        { publicKeyPem, roles: ['consent'] },
        { publicKeyPem, roles: ['policy'] },
      ],
    ],
    ['from no time', [{ publicKeyPem, roles: ['consent'], notBefore: 'soon' }]],
  ] as const)('never: %s', ([, keys]) => {
    expect(() => trustKeys(keys)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }))
  })
})
