import { type OsvRecord, readEpss, readKev, readOsv } from '../../formats/osv/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { OsvDump, VulnDbStatus, VulnDbStore, VulnDbWriter } from './ports.ts'

/** Records that are named when they are refused. */
const MAX_NAMED = 10
/** One record in this many may be refused; a dump with more is none of OSV, or of a form that is not known yet. */
const MAX_REFUSED_SHARE = 20
/** Records between two words of progress. */
const STEP = 2000

/** What to make a database from. */
export interface UpdateRequest {
  readonly dumps: readonly OsvDump[]
  /** Add to what is there; a record that comes anew replaces an older one. */
  readonly keep: boolean
  /** Text of EPSS's CSV, and of CISA's catalogue. */
  readonly epss?: { readonly file: string; readonly text: string }
  readonly kev?: { readonly file: string; readonly text: string }
}

/** What became of it. */
export interface UpdateOutcome {
  readonly status: VulnDbStatus
  /** Records of this run, those included that were older than what was there. */
  readonly read: number
  /** The first of those that were refused, with the reason. */
  readonly refused: readonly string[]
}

/**
 * Makes the database of advisories anew, or adds to it. Until all is read the old one answers; a break leaves it as it was.
 * @throws SallyportError `BAD_INPUT` when a dump holds no record, or too much of it is none; `STORE_FAILED`
 */
export async function updateVulnDb(
  deps: { readonly store: VulnDbStore; readonly now: () => Date },
  request: UpdateRequest,
  onProgress: (records: number) => void = () => undefined,
): Promise<UpdateOutcome> {
  const epss = request.epss === undefined ? undefined : unwrap(readEpss(request.epss.text), request.epss.file)
  const kev = request.kev === undefined ? undefined : unwrap(readKev(request.kev.text), request.kev.file)
  const writer = deps.store.begin(request.keep)
  try {
    const tally = { read: 0, refused: 0, named: [] as string[] }
    for (const dump of request.dumps) await readDump(dump, { writer, tally, onProgress })
    if (tally.refused * MAX_REFUSED_SHARE > tally.read + tally.refused)
      throw new SallyportError(
        'BAD_INPUT',
        `${tally.refused} files are no records of OSV, beside ${tally.read} that are${hintOf(tally.named)}`,
      )
    if (epss !== undefined) writer.putEpss(epss.scores)
    if (kev !== undefined) writer.putKev(kev)
    const sources = request.dumps.map(({ label }) => label)
    const status = writer.commit({ updatedAt: deps.now().toISOString(), refused: tally.refused, sources })
    return { status, read: tally.read, refused: tally.named }
  } catch (cause) {
    writer.abort()
    throw cause
  }
}

interface Tally {
  read: number
  refused: number
  readonly named: string[]
}

async function readDump(
  dump: OsvDump,
  to: {
    readonly writer: VulnDbWriter
    readonly tally: Tally
    readonly onProgress: (records: number) => void
  },
): Promise<void> {
  const { writer, tally, onProgress } = to
  const before = tally.read
  for await (const { name, bytes } of dump.files())
    for (const record of readFile(name, bytes, tally)) {
      writer.add(record)
      if (++tally.read % STEP === 0) onProgress(tally.read)
    }
  if (tally.read === before)
    throw new SallyportError('BAD_INPUT', `${dump.label} holds no record of OSV${hintOf(tally.named)}`)
}

function hintOf(refused: readonly string[]): string {
  return refused[0] === undefined ? '' : `: ${refused[0]}`
}

function unwrap<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
  file: string,
): T {
  if (result.ok) return result.value
  throw new SallyportError('BAD_INPUT', `${file}: ${result.error}`)
}

/** A file is one record, or a list of them. */
function* readFile(name: string, bytes: Uint8Array, tally: Tally): Iterable<OsvRecord> {
  const refuse = (why: string) => {
    tally.refused++
    if (tally.named.length < MAX_NAMED) tally.named.push(`${name}: ${why}`)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    refuse('it is no JSON')
    return
  }
  for (const item of Array.isArray(value) ? value : [value]) {
    const record = readOsv(item)
    if (record.ok) yield record.value
    else refuse(record.error)
  }
}
