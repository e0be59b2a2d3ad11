import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReviewBook } from '../../src/adapters/review-sqlite/index.ts'
import type { Verdict } from '../../src/ground/domain/index.ts'
import { uuidV7 } from '../../src/ground/lang/index.ts'
import { createReviewQueue, type ReviewRegistry, watchRegistry } from '../../src/services/review/index.ts'
import { openStatement } from '../../src/trust/evidence/index.ts'
import { type Policy, parsePolicy } from '../../src/trust/policy/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

/** A queue on a real home; only the look at the files is scripted, by name. */
export async function openTestQueue(options: {
  readonly home: string
  readonly policy: string
  readonly judge?: (name: string) => Verdict
  readonly channels?: readonly string[]
  readonly now?: () => Date
}) {
  mkdirSync(options.home, { recursive: true })
  const policy = policyOf(options.policy)
  const room = await openRoom(options.home, options.judge, undefined, options.policy)
  const { registry, view, ledger, trusted } = room
  const book = openReviewBook(join(options.home, 'review.db'))
  const failures: unknown[] = []
  const reviewed: ReviewRegistry = {
    ledgerSize: () => view.cursor(),
    statements: async function* (from, count) {
      for await (const { index, digest, envelope } of ledger.entries(from, count))
        yield { index, digest, verified: openStatement(envelope, trusted) }
    },
    about: async (digest) =>
      (await registry.desk.statements(digest)).map(({ row, verified }) => ({
        ...{ index: row.index, digest: row.digest, verified },
      })),
    decide: registry.decide,
    approve: registry.approve,
    reject: registry.reject,
    askChanges: registry.askChanges,
    attestRequest: async (digest, predicate) => {
      const subjects = [await registry.desk.subject(digest)]
      await registry.desk.attest({ name: 'access-request', subjects, predicate })
    },
  }
  const queue = createReviewQueue({
    ...{ book, policy, registry: reviewed, channels: options.channels ?? [], reviewDays: 7 },
    pageOf: (digest) => `http://console/review/${digest}`,
    now: options.now ?? (() => new Date()),
    newId: () => uuidV7(new Date(), randomBytes(10)),
    report: (cause) => failures.push(cause),
  })
  const watched = watchRegistry(registry, {
    queue: async () => queue,
    policy,
    report: (cause) => failures.push(cause),
  })
  return {
    ...room,
    ...{ queue, book, failures, watched },
    /** A model of one file, searched; nobody has asked for it yet. */
    bringIn: async (name: string, source?: { readonly author: string; readonly commit: string }) => {
      const path = join(options.home, `${name.replaceAll('/', '-')}.safetensors`)
      writeFileSync(path, `bytes of ${name} ${source?.commit ?? ''}`)
      const { digest } = await registry.importModel({ path, name }, someone('importer'))
      if (source !== undefined)
        await registry.desk.attest({
          name: 'hub-source',
          subjects: [await registry.desk.subject(digest)],
          predicate: {
            ...{ at: new Date().toISOString(), hub: 'hub.example', repoKind: 'model', repo: name },
            ...{ revision: 'main', license: 'apache-2.0', ...source },
          },
        })
      await registry.assess(digest, someone('importer'))
      return digest
    },
    /** Somebody asks at the hub and is judged. */
    ask: async (digest: Awaited<ReturnType<typeof registry.get>>['digest'], who: string) => {
      const decision = await registry.decide(digest, 'development')
      const { principalId, owner } = someone(who)
      queue.noteRequest({ digest, stage: 'development', door: 'hub', principalId, owner, decision })
      return decision.outcome
    },
    close: async () => {
      await queue.close()
      book.close()
      await room.close()
    },
  }
}

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

/** Development asks one person who did not ask for the model. */
export const ONE_PERSON = `
schemaVersion: 1
name: test
stages:
  development:
    evidence:
      - predicate: model-scan
        maxAge: 30d
        tolerate: { severities: [low, info] }
    approvals: { count: 1 }
    waivers: { allowed: true }
    expiresAfter: 30d
`
