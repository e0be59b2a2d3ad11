import { generateKey, type Signer } from '../../src/ground/crypto/index.ts'
import {
  type Assessment,
  digestOfBytes,
  type Finding,
  type Manifest,
  makeManifest,
  type ResourceDescriptor,
  STATEMENT_TYPE,
  type Statement,
  type Verdict,
  worstVerdict,
} from '../../src/ground/domain/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import {
  type ApprovalConditions,
  attestApproval,
  attestChangesRequested,
  attestModelScan,
  attestQuarantine,
  attestRejection,
  attestRevocation,
  attestWaiver,
  type Consent,
  kindOfPredicate,
  openStatement,
  PREDICATE_TYPES,
  type Predicates,
  sealStatement,
  subjectOf,
  type TrustedKeys,
  trustKeys,
  type Verified,
} from '../../src/trust/evidence/index.ts'

/** The moment at which the tests of trust take place. */
export const NOW = new Date('2026-06-01T12:00:00.000Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** Real keys, one a role: crypto tests make real keys. */
export const KEYS: Readonly<Record<'evidence' | 'consent' | 'decision', Signer>> = {
  evidence: generateKey('P-256').signer,
  consent: generateKey('P-256').signer,
  decision: generateKey('P-256').signer,
}

export const TRUSTED: TrustedKeys = trustKeys([
  { publicKeyPem: KEYS.evidence.publicKeyPem, roles: ['assessor'] },
  { publicKeyPem: KEYS.consent.publicKeyPem, roles: ['consent'] },
  { publicKeyPem: KEYS.decision.publicKeyPem, roles: ['policy'] },
])

export const MANIFEST = manifestOf('model.safetensors')
export const OTHER_MANIFEST = manifestOf('other.safetensors')
export const SUBJECT = subjectOf(MANIFEST, 'bert')

function manifestOf(name: string): Manifest {
  const made = makeManifest([{ name, size: 4, sha256: 'a'.repeat(64) }])
  if (!made.ok) throw new Error(made.error)
  return made.value
}

/** A time before NOW, or after it when negative. */
export function ago(ms: number): string {
  return new Date(NOW.getTime() - ms).toISOString()
}

/** Seals with the key of the statement's kind and opens again: the only way to a `Verified`. */
export async function sealed(statement: Statement, signer?: Signer, trusted = TRUSTED): Promise<Verified> {
  const key = signer ?? KEYS[kindOfPredicate(statement.predicateType)]
  return openStatement(await sealStatement(statement, key), trusted)
}

export function finding(verdict: Verdict, more: Partial<Finding> = {}): Finding {
  return {
    ruleId: `test/${verdict}`,
    severity: verdict === 'malicious' ? 'critical' : 'medium',
    verdict,
    title: 'A test',
    message: 'seen in a test',
    location: { path: 'model.safetensors' },
    remedy: 'None.',
    taxonomy: [],
    fingerprint: '0'.repeat(16),
    ...more,
  }
}

/** An assessment of the test's model. */
export function assessment(options: {
  readonly ageMs?: number
  readonly findings?: readonly Finding[]
  readonly coverage?: 'full' | 'partial' | 'none'
  readonly verdict?: Verdict
  readonly assessor?: string
  readonly path?: string
}): Assessment {
  const {
    ageMs = HOUR,
    findings = [],
    coverage = 'full',
    assessor = 'model',
    path = 'model.safetensors',
  } = options
  const found = worstVerdict([
    ...findings.map(({ verdict }) => verdict),
    coverage === 'full' ? 'clean' : 'undecided',
  ])
  const verdict = options.verdict ?? found
  return {
    assessor: { assessor, version: '1.0.0', ruleSet: 'sha256:test' },
    startedAt: ago(ageMs),
    finishedAt: ago(ageMs),
    verdict,
    files: [
      {
        path,
        sizeBytes: 4,
        verdict,
        coverage: [
          {
            path,
            format: 'safetensors',
            sizeBytes: 4,
            readBytes: coverage === 'full' ? 4 : 1,
            status: coverage,
          },
        ],
        findings,
      },
    ],
  }
}

export function scan(options: Parameters<typeof assessment>[0]): Statement {
  return attestModelScan(SUBJECT, MANIFEST, assessment(options))
}

/** A person's consent. */
export function consent(person: string, ageMs: number, note = 'looked at it'): Consent {
  return {
    principalId: `principal-of-${person}`,
    owner: person,
    authentication: 'session',
    requestDigest: digestOfBytes(utf8(person)),
    note,
    at: ago(ageMs),
  }
}

export function quarantine(person = 'requester', subject: ResourceDescriptor = SUBJECT): Statement {
  const { note: _, ...wish } = consent(person, 3 * DAY)
  return attestQuarantine(subject, MANIFEST, {
    ...wish,
    name: 'bert',
    source: { kind: 'folder', label: 'bert' },
  })
}

export function approval(
  person: string,
  options: {
    readonly ageMs?: number
    readonly stage?: 'development' | 'staging' | 'production'
    readonly principalId?: string
    readonly conditions?: ApprovalConditions
  } = {},
): Statement {
  const { ageMs = HOUR / 2, stage = 'production', ...more } = options
  return attestApproval(SUBJECT, { ...consent(person, ageMs), ...more, stage })
}

export function rejection(person: string, ageMs = HOUR / 4): Statement {
  return attestRejection(SUBJECT, consent(person, ageMs))
}

export function changesRequested(person: string, ageMs = HOUR / 4): Statement {
  return attestChangesRequested(SUBJECT, consent(person, ageMs))
}

export function revocation(person: string, ageMs = HOUR / 4): Statement {
  return attestRevocation(SUBJECT, consent(person, ageMs))
}

export function waiver(
  person: string,
  options: { readonly ruleId?: string; readonly ageMs?: number; readonly endsInMs?: number } = {},
): Statement {
  const { ruleId = 'test/suspicious', ageMs = HOUR / 2, endsInMs = DAY } = options
  return attestWaiver(SUBJECT, { ...consent(person, ageMs), ruleId, until: ago(-endsInMs) })
}

/** What a hub said of the model: `google/bert` at one commit. */
export function hubSource(more: Partial<Predicates['hub-source']> = {}, ageMs = 2 * HOUR): Statement {
  return evidence('hub-source', {
    ...{ at: ago(ageMs), hub: 'hub.example', repoKind: 'model', repo: 'google/bert', revision: 'main' },
    ...{ commit: 'c'.repeat(40), author: 'google', license: 'apache-2.0' },
    ...more,
  })
}

/** What a registry said of the model: `org/bert` at one manifest. */
export function pullSource(more: Partial<Predicates['pull-source']> = {}, ageMs = 2 * HOUR): Statement {
  return evidence('pull-source', {
    ...{ at: ago(ageMs), door: 'oci', origin: 'quay.io', name: 'org/bert', revision: 'v1' },
    ...{ version: 'c'.repeat(64), license: 'apache-2.0' },
    ...more,
  })
}

/** A signature that was verified, or one that was refused. */
export function signature(result: 'valid' | 'refused', ageMs = HOUR): Statement {
  const at = ago(ageMs)
  const bundle = MANIFEST.digest
  return evidence(
    'model-signature',
    result === 'refused'
      ? { at, result, bundle, reason: 'not by anybody we believe' }
      : {
          ...{ at, result, bundle, method: 'key', believed: 'release', keyId: 'a'.repeat(64) },
          statement: OTHER_MANIFEST.digest,
        },
  )
}

/** Somebody whom a gate held back. */
export function accessRequest(person: string, ageMs: number): Statement {
  const { principalId, owner, at } = consent(person, ageMs)
  return evidence('access-request', { principalId, owner, at, door: 'hub', stage: 'development' })
}

function evidence<N extends 'hub-source' | 'pull-source' | 'model-signature' | 'access-request'>(
  name: N,
  predicate: Predicates[N],
): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: [SUBJECT],
    predicateType: PREDICATE_TYPES[name],
    predicate: { ...predicate },
  }
}
