import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stagedPackage } from './staged-package.ts'

const ROOT = join(import.meta.dirname, '../..')
const SCHEMA_ID = 'https://sallyport.dev/schemas/cli-output/v1.json'
const COMMANDS = join(ROOT, 'src/faces/cli/commands')
const EXAMPLES = join(ROOT, 'examples')

interface Schema {
  readonly $id: string
  readonly oneOf: readonly { readonly $ref: string }[]
  readonly $defs: Readonly<Record<string, { readonly properties?: { readonly kind?: { const?: string } } }>>
}

const schema: Schema = readSchema('cli-output')
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
addFormats.default(ajv)
ajv.addSchema(readSchema('scan-report'))
ajv.addSchema(schema)

function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(ROOT, `catalog/schemas/${name}.schema.json`), 'utf8'))
}

/** The errors against the branch of a kind: those of the whole name every other branch too. */
function errorsOf(kind: string, value: unknown): readonly string[] {
  if (ajv.validate(SCHEMA_ID, value)) return []
  const branch = ajv.getSchema(`${SCHEMA_ID}#/$defs/${kind}`)
  branch?.(value)
  return ['refused by the whole', ...(branch?.errors ?? []).map((e) => `${e.instancePath} ${e.message}`)]
}

const { binary, cacheFolder } = stagedPackage()
const folder = mkdtempSync(join(tmpdir(), 'sallyport-outputs-'))
const seen = new Map<string, unknown>()
let token = ''

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the reviewer says with her own token; the rest is the home's owner, whose approval of their import would not count. */
const REVIEWERS: ReadonlySet<string> = new Set(['approve', 'waive', 'reject', 'revoke'])

/** Runs the real program once; says what it printed and its exit code. */
function run(args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(binary, [...args, '--json'], {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      XDG_CACHE_HOME: cacheFolder,
      NO_COLOR: '1',
      SALLYPORT_HOME: join(folder, 'home'),
      ...(REVIEWERS.has(args[0] ?? '') ? { SALLYPORT_TOKEN: token } : {}),
    },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { stdout, stderr, status }
}

/** A member of the output of an earlier command. */
function recall(kind: string, ...path: readonly (string | number)[]): string {
  let value: unknown = seen.get(kind)
  for (const step of path)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, String(step)) : undefined
  if (typeof value !== 'string') throw new Error(`no ${path.join('.')} in the output of kind ${kind}`)
  return value
}

const ENCODER = join(EXAMPLES, 'models/house-made-encoder.pkl')
const MODEL = join(EXAMPLES, 'models/digits-encoder')
const WEIGHTS = join(EXAMPLES, 'models/digits-weights.pt')
const NOTE = ['--note', 'an example'] as const
/** The export lays every envelope under its digest. */
const envelopeFile = () => {
  const hex = recall('proof', 'statement').slice('sha256:'.length)
  const name = readdirSync(join(folder, 'log'), { recursive: true, encoding: 'utf8' }).find((path) =>
    path.replaceAll('/', '').includes(hex),
  )
  return join(folder, 'log', name ?? 'missing')
}

/** Every command that prints JSON, in an order in which each has something to say: arguments, kind, exit code. */
const RUNS: readonly (readonly [string, () => readonly string[], string, number])[] = [
  ['people add', () => ['people', 'add', 'Grace', '--role', 'reviewer'], 'person', 0],
  ['scan', () => ['scan', join(EXAMPLES, 'attacks/cut-download.safetensors')], 'scan', 2],
  ['rules list', () => ['rules', 'list'], 'rules', 0],
  ['rules show', () => ['rules', 'show', 'pickle/active-import'], 'rule', 0],
  ['a scan of nothing', () => ['scan', join(folder, 'nowhere')], 'error', 3],
  ['import', () => ['import', ENCODER, '--name', 'encoder'], 'model', 4],
  ['assess', () => ['assess', 'encoder'], 'model', 4],
  ['approve', () => ['approve', 'encoder', '--stage', 'staging', ...NOTE], 'model', 0],
  [
    'waive',
    () => [
      ...['waive', 'encoder', '--rule', 'pickle/unknown-import', '--reason', 'an example'],
      ...['--until', new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)],
    ],
    'model',
    0,
  ],
  ['promote', () => ['promote', 'encoder', '--stage', 'staging'], 'decision', 0],
  ['explain', () => ['explain', recall('decision', 'decision', 'id')], 'explanation', 0],
  ['import of a child', () => ['import', MODEL, '--name', 'child', '--no-assess'], 'model', 0],
  ['derive', () => ['derive', 'child', '--from', 'encoder', '--relation', 'conversion'], 'derivation', 0],
  ['lineage', () => ['lineage', 'child'], 'lineage', 0],
  ['bom', () => ['bom', 'child', '--record'], 'bom', 0],
  ['import of a pickle', () => ['import', WEIGHTS, '--name', 'pickled', '--no-assess'], 'model', 0],
  ['convert of a model', () => ['convert', 'pickled'], 'conversion', 0],
  ['convert of a file', () => ['convert', WEIGHTS, '--out', join(folder, 'converted')], 'converted', 0],
  ['diff', () => ['diff', 'pickled', 'pickled (safetensors)'], 'differences', 0],
  ['card', () => ['card', 'child'], 'card', 0],
  ['guard-load', () => ['guard-load', ENCODER, '--stage', 'staging'], 'guard-load', 0],
  [
    'bundle export',
    () => ['bundle', 'export', 'encoder', '--stage', 'staging', '--out', join(folder, 'a.spb')],
    'bundle',
    0,
  ],
  ['bundle show', () => ['bundle', 'show', join(folder, 'a.spb')], 'bundle', 0],
  ['bundle import', () => ['bundle', 'import', join(folder, 'a.spb')], 'bundle', 0],
  ['models', () => ['models'], 'models', 0],
  ['reject', () => ['reject', 'encoder', ...NOTE], 'model', 0],
  ['revoke', () => ['revoke', 'encoder', ...NOTE], 'model', 0],
  ['show', () => ['show', 'encoder'], 'model', 0],
  ['verify', () => ['verify', ENCODER, '--stage', 'staging'], 'verification', 1],
  ['sign', () => ['sign', MODEL, '--private-key', 'signer.pem', '--signature', 'house.sig'], 'signed', 0],
  [
    'verify --signature-only',
    () => ['verify', MODEL, '--signature-only', '--signature', 'house.sig', '--public-key', 'signer.pub'],
    'signature',
    0,
  ],
  ['people list', () => ['people', 'list'], 'people', 0],
  ['keys list', () => ['keys', 'list'], 'keys', 0],
  ['keys show', () => ['keys', 'show', 'log'], 'key', 0],
  ['keys check', () => ['keys', 'check'], 'keys-check', 0],
  ['keys rotate', () => ['keys', 'rotate', 'policy', '--yes'], 'key-change', 0],
  ['keys new', () => ['keys', 'new', join(folder, 'new.pem')], 'key-pair', 0],
  [
    'keys export',
    () => [
      'keys',
      'export',
      'log',
      '--output',
      join(folder, 'x.pem'),
      '--passphrase-file',
      join(folder, 'secret'),
    ],
    'key-export',
    0,
  ],
  ['keys passphrase remove', () => ['keys', 'passphrase', 'remove', '--yes'], 'key-passphrase', 0],
  ['log show', () => ['log', 'show'], 'log', 0],
  ['log fsck', () => ['log', 'fsck'], 'fsck', 0],
  ['log prove', () => ['log', 'prove', '0', '--out', join(folder, '0.tlog-proof')], 'proof', 0],
  ['log export', () => ['log', 'export', join(folder, 'log')], 'log-export', 0],
  [
    'log verify-proof',
    () => [
      ...['log', 'verify-proof', join(folder, '0.tlog-proof')],
      ...['--statement', envelopeFile(), '--vkey', recall('log', 'vkey')],
    ],
    'proof-verification',
    0,
  ],
  ['rebuild', () => ['rebuild'], 'rebuild', 0],
  ['policy show', () => ['policy', 'show'], 'policy', 0],
  ['policy check', () => ['policy', 'check', join(folder, 'broken.yaml')], 'policy-check', 3],
  ['doctor', () => ['doctor'], 'doctor', 0],
  [
    'attest verify',
    () => [
      ...['attest', 'verify', join(EXAMPLES, 'sigstore/provenance.sigstore.json')],
      ...['--artifact', join(EXAMPLES, 'sigstore/a.txt')],
      ...['--identity-regexp', 'https://github\\.com/sigstore-conformance/.*'],
      ...['--identity-provider', 'https://token.actions.githubusercontent.com'],
    ],
    'attestation',
    0,
  ],
  ['review list', () => ['review', 'list'], 'review-queue', 0],
  ['review show', () => ['review', 'show', 'encoder'], 'review-case', 0],
  ['review take', () => ['review', 'take', 'encoder'], 'review-case', 0],
  ['hub list', () => ['hub', 'list'], 'hub-revisions', 0],
  ['hub audit', () => ['hub', 'audit', '--limit', '5'], 'hub-questions', 0],
  [
    'subject register',
    () => ['subject', 'register', 'tool-list', 'parcels', join(EXAMPLES, 'subjects/tools.json')],
    'subject',
    0,
  ],
  [
    'subject register again',
    () => ['subject', 'register', 'tool-list', 'parcels', join(EXAMPLES, 'subjects/tools-next.json')],
    'subject',
    4,
  ],
  ['subject list', () => ['subject', 'list', '--kind', 'tool-list'], 'subjects', 0],
  ['subject diff', () => ['subject', 'diff', 'tool-list:parcels'], 'subject-changes', 0],
  ['caches', () => ['caches', 'org/model'], 'receivers', 0],
  ['trust show', () => ['trust', 'show'], 'trust', 0],
  ['vulndb update', () => ['vulndb', 'update', '--from', join(folder, 'osv.json')], 'vulndb', 0],
  ['vulndb status', () => ['vulndb', 'status'], 'vulndb', 0],
  ['deps', () => ['deps', join(folder, 'requirements.txt')], 'dependencies', 4],
  [
    'evidence add',
    () => ['evidence', 'add', join(folder, 'trivy.json'), '--subject', `sha256:${'a'.repeat(64)}`],
    'evidence',
    0,
  ],
  ['train', () => ['train', '--json', '--name', 'example', '--', 'true'], 'training-run', 0],
  ['train list', () => ['train', 'list'], 'training-runs', 0],
  ['train show', () => ['train', 'show', recall('training-run', 'id')], 'training-run', 0],
  ['train verify', () => ['train', 'verify', recall('training-run', 'id')], 'training-verification', 0],
]

describe('every command prints with --json what catalog/schemas/cli-output.schema.json says', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'secret'), 'a passphrase for the safe\n')
    writeFileSync(join(folder, 'broken.yaml'), 'schemaVersion: 1\nstages: 7\n')
    writeFileSync(join(folder, 'requirements.txt'), 'torch==2.0\n')
    writeFileSync(
      join(folder, 'osv.json'),
      '{"id":"PYSEC-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"torch"},"versions":["2.0"]}]}',
    )
    writeFileSync(
      join(folder, 'trivy.json'),
      '{"SchemaVersion":2,"CreatedAt":"2026-01-01T00:00:00Z","ArtifactName":"a","Results":[]}',
    )
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(join(folder, 'signer.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    })
    writeFileSync(join(folder, 'signer.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  })

  test.for(RUNS)('%s', { timeout: 60_000 }, ([, args, kind, exitCode]) => {
    const { stdout, stderr, status } = run(args())
    expect({ status, stderr }).toEqual({ status: exitCode, stderr: expect.any(String) })
    const value: unknown = JSON.parse(stdout)
    expect(value).toMatchObject({ schemaVersion: 1, kind })
    expect(errorsOf(kind, value)).toEqual([])
    seen.set(kind, value)
    if (kind === 'person') token = recall('person', 'token')
  })

  test('all kinds of the schema were printed, and each is refused when it loses a field it must have', () => {
    expect([...seen.keys()].toSorted()).toEqual(kindsOfSchema())
    for (const [kind, value] of seen) {
      for (const field of Object.keys(Object(value)))
        if (!OPTIONAL.has(`${kind}.${field}`))
          expect(errorsOf(kind, { ...Object(value), [field]: undefined }), `${kind}.${field}`).not.toEqual([])
    }
  })

  test('what lies deeper is held too', () => {
    const spoil = (kind: string, text: RegExp, by: string) => {
      const before = JSON.stringify(seen.get(kind))
      const after = before.replace(text, by)
      expect(after, `${kind} ${text}`).not.toBe(before)
      return errorsOf(kind, JSON.parse(after))
    }
    expect(spoil('model', /"omsRoot":/, '"root":')).not.toEqual([])
    expect(spoil('model', /"requestedBy":/, '"by":')).not.toEqual([])
    expect(spoil('model', /"fingerprint":/, '"print":')).not.toEqual([])
    expect(spoil('models', /"verdict":"\w+"/, '"verdict":"fine"')).not.toEqual([])
    expect(spoil('decision', /"code":/, '"reasonCode":')).not.toEqual([])
    expect(spoil('explanation', /"predicate":/g, '"claims":')).not.toEqual([])
    expect(spoil('keys', /"algorithm":"P-256"/, '"algorithm":"RSA"')).not.toEqual([])
    expect(spoil('policy-check', /"column":/g, '"col":')).not.toEqual([])
  })

  test('an unknown field is allowed; an unknown kind and another schemaVersion are refused', () => {
    const policy = { schemaVersion: 1, kind: 'policy', yaml: 'stages: {}' }
    expect(errorsOf('policy', { ...policy, later: true })).toEqual([])
    expect(errorsOf('policy', { ...policy, kind: 'poetry' })).not.toEqual([])
    expect(errorsOf('policy', { ...policy, schemaVersion: 2 })).not.toEqual([])
  })
})

/** What an output may leave out. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'key-change.now',
  'policy.sentences',
  'subject.changes',
  'dependencies.database',
  // Added after the first version: an older report is valid without.
  'scan.paths',
  'scan.base',
  'scan.excluded',
  'error.hint',
  'attestation.signedAt',
  'attestation.statement',
  'verification.name',
  'verification.nextStep',
  'verification.decision',
  'verification.signature',
  'signature.omsRoot',
  'bundle.bytes',
  'bundle.belief',
  'guard-load.load',
  'guard-load.isCopy',
  'bom.statement',
  'bom.document',
  'card.card',
])

function kindsOfSchema(): readonly string[] {
  return schema.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', '')).toSorted()
}

describe('schema and commands name the same kinds', () => {
  const files = [
    ...readdirSync(COMMANDS).map((name) => join(COMMANDS, name)),
    join(COMMANDS, '../scan-and-print.ts'),
  ]
  const sources = files.map((file) => readFileSync(file, 'utf8'))
  const text = sources.join('\n')
  const literals = [...text.matchAll(/\bprint\(\s*\w+,\s*(?:flags|asked),\s*\{\s*kind: '([a-z-]+)'/g)].map(
    ([, kind]) => kind ?? '',
  )

  test('every print in src/faces/cli/commands names its kind, but for the scan, whose report does; failures are printed in one place', () => {
    const prints = [...text.matchAll(/\bprint\(/g)].length
    const reports = [...text.matchAll(/\bprint\(context, \{[^}]*\}, \{ \.\.\.report \}/g)].length
    expect(reports).toBe(1)
    expect(literals.length + reports).toBe(prints)
  })

  test('each is in the schema, and the schema has no other', () => {
    expect([...new Set([...literals, 'scan', 'error'])].toSorted()).toEqual(kindsOfSchema())
  })

  test('each branch of the schema is for the kind it is named after', () => {
    for (const kind of kindsOfSchema()) expect(schema.$defs[kind]?.properties?.kind?.const).toBe(kind)
  })
})
