import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBlobFolder } from '../../src/adapters/blobs-files/index.ts'
import { fileIntake } from '../../src/adapters/intake-files/index.ts'
import { openKeyFolder } from '../../src/adapters/keys-files/index.ts'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { openSqliteView } from '../../src/adapters/view-sqlite/index.ts'
import { type Assessment, digestOfJson, type Verdict } from '../../src/ground/domain/index.ts'
import { uuidV7 } from '../../src/ground/lang/index.ts'
import { type Actor, createRegistry } from '../../src/services/registry/index.ts'
import { trustKeys } from '../../src/trust/evidence/index.ts'
import { openLedger } from '../../src/trust/ledger/index.ts'
import { parsePolicy } from '../../src/trust/policy/index.ts'

const POLICY = new URL('../../catalog/policies/default.yaml', import.meta.url)
const UNPACK_WORKER = new URL('../../src/unpack-worker.ts', import.meta.url)
const COPY_WORKER = new URL('../../src/adapters/blobs-files/copy-worker.ts', import.meta.url)

/** Somebody who acts in a test. */
export function someone(name: string, owner = name): Actor {
  return { principalId: name, owner, authentication: 'token', requestDigest: digestOfJson({ name }) }
}

/** A real registry on a real home; only the look at the files is scripted, by name. */
export async function openRoom(
  home: string,
  judge: (name: string) => Verdict = () => 'clean',
  unpackTimeoutMs = 20_000,
  policyText = readFileSync(POLICY, 'utf8'),
) {
  const store = await openFileLedgerStore({ folder: join(home, 'log') })
  const keys = await openKeyFolder({ folder: join(home, 'keys') })
  const now = () => new Date()
  const ledger = await openLedger({ store, signer: keys.log, now, origin: 'example.com/log' })
  const view = openSqliteView(join(home, 'state.db'))
  const blobs = await openBlobFolder({ folder: join(home, 'blobs'), workerUrl: COPY_WORKER })
  const trusted = trustKeys(
    keys
      .listPublicKeys()
      .flatMap(({ role, publicKeyPem }) => (role === 'log' ? [] : [{ publicKeyPem, roles: [role] }])),
  )
  const policy = parsePolicy(policyText)
  if (!policy.ok) throw new Error(policy.error[0]?.message)
  const registry = await createRegistry({
    ...{
      tenant: 'default',
      ledger,
      view,
      blobs,
      intake: fileIntake({ unpackWorkerUrl: UNPACK_WORKER, unpackTimeoutMs }),
      keys,
      trusted,
      policy: policy.value,
      now,
    },
    newId: () => uuidV7(new Date(), randomBytes(10)),
    scan: {
      assess: async ({ files }) =>
        assessmentOf(
          files.map(({ name }) => name),
          judge,
          manifestSizes(files),
        ),
    },
  })
  const close = async () => {
    await blobs.close()
    view.close()
    await ledger.close()
  }
  return { registry, ledger, store, view, trusted, blobs, close }
}

function manifestSizes(files: readonly { readonly path: string }[]): readonly number[] {
  return files.map(({ path }) => readFileSync(path).length)
}

function assessmentOf(
  names: readonly string[],
  judge: (name: string) => Verdict,
  sizes: readonly number[],
): Assessment {
  const at = new Date().toISOString()
  const files = names.map((path, i) => {
    const sizeBytes = sizes[i] ?? 0
    const verdict = judge(path)
    const status = verdict === 'undecided' ? ('partial' as const) : ('full' as const)
    const coverage = [
      {
        path,
        format: 'test',
        sizeBytes,
        readBytes: sizeBytes,
        status,
        ...(status === 'full' ? {} : { reason: 'cut' }),
      },
    ]
    const finding = {
      ...{
        ruleId: 'test/rule',
        severity: 'high' as const,
        verdict,
        title: 'A test',
        message: 'seen in a test',
      },
      ...{ location: { path }, remedy: 'none', taxonomy: ['CWE-502'], fingerprint: '0123456789abcdef' },
    }
    return {
      path,
      sizeBytes,
      verdict,
      coverage,
      findings: verdict === 'clean' || verdict === 'undecided' ? [] : [finding],
    }
  })
  const order: readonly Verdict[] = ['malicious', 'undecided', 'suspicious', 'clean']
  const verdict = order.find((candidate) => files.some((file) => file.verdict === candidate)) ?? 'undecided'
  return {
    assessor: { assessor: 'model', version: '0.0.1', ruleSet: 'test' },
    startedAt: at,
    finishedAt: at,
    verdict,
    files,
  }
}
