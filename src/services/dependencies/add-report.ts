import { parseStrictJson } from '../../ground/crypto/index.ts'
import type { Digest } from '../../ground/domain/index.ts'
import { recordOf, SallyportError } from '../../ground/lang/index.ts'
import type { PredicateName, Predicates } from '../../trust/evidence/index.ts'
import { type Draft, draftsOf } from './report-drafts.ts'
import type { ReportDeps, ReportRequest } from './report-request.ts'

/** Bytes of one report. A bill of materials of a large image has 60 MB. */
const MAX_REPORT_BYTES = 128 * 1024 * 1024

/** One statement that was made of it. */
export interface AddedEvidence {
  readonly statement: Digest
  readonly predicate: PredicateName
  readonly format: string
  readonly tool: string
  readonly at?: string
  /** Vulnerabilities, failed and warned rules, or components. */
  readonly results: number
  /** The same report about the same subject was there already. */
  readonly isKnown: boolean
}

type Json = Readonly<Record<string, unknown>>
/**
 * Takes in a report of another tool: checked, mapped to evidence about one subject, and the document kept by its digest.
 * @throws SallyportError `BAD_INPUT` for what is no such report, or does not say when it was made; `TOO_LARGE`
 */
export async function addReport(deps: ReportDeps, request: ReportRequest): Promise<readonly AddedEvidence[]> {
  const { file, bytes } = request
  if (bytes.length > MAX_REPORT_BYTES)
    throw new SallyportError('TOO_LARGE', `${file} has ${bytes.length} bytes; ${MAX_REPORT_BYTES} are read`)
  const value = parseStrictJson(bytes, file)
  const document = { addedAt: deps.now().toISOString(), bytes }
  const { format, drafts } = draftsOf(deps, request, value)
  const { sha256 } = await deps.blobs.putStream(chunks(document.bytes))
  const digest = `sha256:${sha256}` as Digest
  const known = await deps.desk.statements(request.subjectDigest)
  const added: AddedEvidence[] = []
  for (const draft of drafts) {
    const origin = { digest, format, addedAt: document.addedAt }
    const predicate = withOrigin(draft, origin)
    const same = known.find(
      ({ verified }) => verified.name === draft.name && isSame(verified.statement.predicate, draft, digest),
    )
    const statement =
      same?.row.digest ??
      (await deps.desk.attest({ name: draft.name, subjects: [request.subject], predicate }))
    const { name, tool, results, at } = draft
    added.push({
      statement,
      predicate: name,
      format,
      tool,
      results,
      isKnown: same !== undefined,
      ...(at === undefined ? {} : { at }),
    })
  }
  return added
}

async function* chunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

/** The same document about the same subject is one piece of evidence, however often it is brought. */
function isSame(predicate: Json, draft: Draft, digest: Digest): boolean {
  if (draft.name === 'cyclonedx') return originOfBom(predicate) === digest
  const scanner = recordOf(predicate.scanner).uri
  const sameTool = draft.name !== 'vulns' || scanner === (draft.predicate as Predicates['vulns']).scanner.uri
  return recordOf(predicate.report).digest === digest && sameTool
}

function originOfBom(predicate: Json): unknown {
  const { properties } = recordOf(predicate.metadata)
  const list = Array.isArray(properties) ? properties.map(recordOf) : []
  return list.find(({ name }) => name === 'sallyport:report')?.value
}

function withOrigin(
  { name, predicate }: Draft,
  report: { readonly digest: Digest; readonly format: string; readonly addedAt: string },
): Predicates[PredicateName] {
  if (name !== 'cyclonedx') return { ...predicate, report } as Predicates[PredicateName]
  const bom = predicate as Predicates['cyclonedx']
  const properties = [
    { name: 'sallyport:report', value: report.digest },
    { name: 'sallyport:format', value: report.format },
    { name: 'sallyport:addedAt', value: report.addedAt },
  ]
  return { ...bom, metadata: { ...bom.metadata, properties } } as Predicates['cyclonedx']
}
