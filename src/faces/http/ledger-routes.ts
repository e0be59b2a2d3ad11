import { canonicalJson } from '../../ground/crypto/index.ts'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import { InclusionProofSchema, LedgerEntrySchema, LedgerStateSchema, PageOf, requests } from './contract.ts'
import type { HttpDeps } from './deps.ts'
import { digestOf } from './import-model.ts'
import { describeEntry } from './ledger-entry.ts'
import { type Route, route } from './route.ts'

const common = { method: 'GET', needs: 'read', tag: 'ledger' } as const

/** Reading the ledger and its proofs. */
export const LEDGER_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'getLedger',
      path: '/ledger',
      summary: 'Origin, verifier key, size and a checkpoint over every entry',
      answers: { status: 200, schema: LedgerStateSchema },
    },
    async ({ deps: { ledger, verifierKey } }) => {
      const checkpoint = await ledger.checkpoint()
      return { status: 200, body: { origin: ledger.origin, verifierKey, size: ledger.size(), checkpoint } }
    },
  ),
  route(
    {
      ...common,
      id: 'listEntries',
      path: '/ledger/entries',
      summary: 'Entries in order of the log',
      query: requests.entries,
      answers: { status: 200, schema: PageOf(LedgerEntrySchema) },
    },
    async ({ deps: { ledger }, query }) => {
      const size = ledger.size()
      const count = Math.max(0, Math.min(query.limit, size - query.from))
      const items = []
      if (count > 0)
        for await (const entry of ledger.entries(query.from, count)) items.push(describeEntry(entry))
      const end = query.from + count
      return { status: 200, body: { items, ...(count > 0 && end < size ? { next: String(end) } : {}) } }
    },
  ),
  route(
    {
      ...common,
      id: 'getEntry',
      path: '/ledger/entries/{index}',
      summary: 'One entry',
      params: requests.index,
      answers: { status: 200, schema: LedgerEntrySchema },
    },
    async ({ deps, params }) => {
      needEntry(deps, params.index)
      return { status: 200, body: describeEntry(await deps.ledger.read(params.index)) }
    },
  ),
  route(
    {
      ...common,
      id: 'proveEntry',
      path: '/ledger/entries/{index}/proof',
      summary: 'Proof of inclusion, to be checked by the reader',
      params: requests.index,
      answers: { status: 200, schema: InclusionProofSchema },
    },
    async ({ deps, params }) => {
      needEntry(deps, params.index)
      const { ledger, verifierKey } = deps
      const { digest } = await ledger.read(params.index)
      const { index, treeSize, hashes, leafHash, checkpoint } = await ledger.proveInclusion(params.index)
      const leafData = Buffer.from(leafOf(digest)).toString('base64')
      return {
        status: 200,
        body: { index, treeSize, leafData, leafHash, hashes, checkpoint, verifierKey },
      }
    },
  ),
  route(
    {
      ...common,
      id: 'getProofFile',
      path: '/ledger/entries/{index}/tlog-proof',
      summary: 'The same proof as a C2SP tlog-proof file',
      params: requests.index,
      answers: { status: 200, mediaType: 'text/plain' },
    },
    async ({ deps, params }) => {
      needEntry(deps, params.index)
      const headers = { 'content-type': 'text/plain; charset=utf-8' }
      return { status: 200, body: await deps.ledger.proofFile(params.index), headers }
    },
  ),
  route(
    {
      ...common,
      id: 'getStatement',
      path: '/statements/{digest}',
      summary: 'The sealed statement, byte for byte: a Sigstore bundle',
      params: requests.digest,
      answers: { status: 200, mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' },
    },
    async ({ deps: { ledger }, params }) => {
      const digest = digestOf(params.digest)
      const index = await ledger.find(digest)
      if (index === undefined)
        throw new SallyportError('NOT_FOUND', `no statement ${digest} stands in the ledger`)
      const { envelope } = await ledger.read(index)
      const headers = { 'content-type': 'application/vnd.dev.sigstore.bundle.v0.3+json' }
      return { status: 200, body: Buffer.from(envelope), headers }
    },
  ),
]

/** The leaf as the ledger wrote it (docs/design/ledger.md): it commits to the envelope's digest. */
function leafOf(envelope: Digest): Uint8Array {
  return utf8(canonicalJson({ envelope, v: 1 }))
}

function needEntry({ ledger }: Pick<HttpDeps, 'ledger'>, index: number): void {
  if (index < ledger.size()) return
  throw new SallyportError('NOT_FOUND', `entry ${index} is not in the ledger, which holds ${ledger.size()}`)
}
