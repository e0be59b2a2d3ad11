import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pae } from '../../src/ground/crypto/index.ts'
import { openStatement, PAYLOAD_TYPE, sealStatement } from '../../src/trust/evidence/index.ts'
import { decide, parsePolicy } from '../../src/trust/policy/index.ts'
import {
  approval,
  HOUR,
  KEYS,
  MANIFEST,
  NOW,
  quarantine,
  scan,
  sealed,
  TRUSTED,
} from '../../test/trust/sealed-world.ts'

// What a gate costs: CPU of opening a statement against the bare signature check (the limit), and of one decision over 50
// statements. Ratios, as the median of alternating rounds in one run. `node bench/policy/run.ts`
const ROUNDS = 15
const OPENINGS = 400
const DECISIONS = 200
const STATEMENTS = 50

function cpuMicros(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const parsed = parsePolicy(
  readFileSync(new URL('../../catalog/policies/default.yaml', import.meta.url), 'utf8'),
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
const policy = parsed.value

const bytes = await sealStatement(scan({}), KEYS.evidence)
const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString())
const message = pae(PAYLOAD_TYPE, Buffer.from(dsseEnvelope.payload, 'base64'))
const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64')
const key = TRUSTED.get(KEYS.evidence.keyId)?.publicKey
if (key === undefined) throw new Error('the bench signs with a believed key')
const publicKey = createPublicKey(key.publicKeyPem)

const people = ['anna', 'bert', 'carl', 'dora', 'erik']
const statements = await Promise.all([
  sealed(quarantine()),
  ...Array.from({ length: STATEMENTS - 1 }, (_, i) =>
    sealed(
      i % 2 === 0
        ? scan({ ageMs: HOUR + i })
        : approval(people[i % people.length] ?? 'anna', { ageMs: 1 + i }),
    ),
  ),
])
const request = {
  id: '0192f0c1-0000-7000-8000-000000000000',
  tenant: 'default',
  subject: MANIFEST.digest,
  stage: 'production',
  statements,
  at: NOW,
} as const
const { outcome } = decide(policy, request)
if (outcome !== 'allow') throw new Error(`the bench measures an allow, not a ${outcome}`)

const opening: number[] = []
const checking: number[] = []
const deciding: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  opening.push(cpuMicros(() => repeat(OPENINGS, () => openStatement(bytes, TRUSTED))) / OPENINGS)
  checking.push(
    cpuMicros(() => repeat(OPENINGS, () => verify('sha256', message, publicKey, signature))) / OPENINGS,
  )
  deciding.push(cpuMicros(() => repeat(DECISIONS, () => decide(policy, request))) / DECISIONS)
}

function repeat(count: number, run: () => unknown): void {
  for (let i = 0; i < count; i++) run()
}

const ratio = median(opening.map((micros, i) => micros / (checking[i] ?? Number.NaN)))
const result = {
  question: 'policy',
  statements: STATEMENTS,
  openStatementMicros: Math.round(median(opening)),
  bareVerifyMicros: Math.round(median(checking)),
  openToBareVerify: Number(ratio.toFixed(2)),
  decideMicros: Math.round(median(deciding)),
  decisionsPerCpuSecond: Math.round(1e6 / median(deciding)),
}
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
