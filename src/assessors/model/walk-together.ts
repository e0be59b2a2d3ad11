import { sha256Hex } from '../../ground/crypto/index.ts'
import type { FileCoverage, Finding } from '../../ground/domain/index.ts'
import { type ByteSource, utf8 } from '../../ground/lang/index.ts'
import { rawTensors } from './repository/raw-tensors.ts'
import { isTelling, type Repository, readRepository } from './repository/read-repository.ts'
import { asWhole, isCompiledInPlace, isUnrecognised } from './supersede-coverage.ts'
import { applyRules, type Place, type Walk } from './walk-report.ts'

/** Members of an archive that are looked at together. Repositories with more are data sets. */
const MAX_MEMBERS = 20_000

/** Looks at the members of an archive as at the folder that it becomes when it is unpacked. Each was walked for itself before. */
export async function walkTogether(walk: Walk, place: Place, repository: Repository): Promise<void> {
  const { files } = repository
  if (files.length > MAX_MEMBERS || !isTelling(files)) return
  const inner: Walk = { ...walk, path: '', findings: [], coverage: [] }
  applyRules(inner, { source: NOTHING, members: [], depth: 0 }, await readRepository(repository))
  for (const finding of inner.findings) {
    put(walk, place, finding)
    change(walk, place, finding.location.path, (one) =>
      isCompiledInPlace(one, finding) ? asWhole(one) : one,
    )
  }
  for (const { name, readBytes } of await rawTensors(repository))
    change(walk, place, name, (one) =>
      isUnrecognised(one) ? { ...asWhole(one), format: 'raw-tensors', readBytes } : one,
    )
}

/** Changes what is said of a member. */
function change(walk: Walk, place: Place, member: string, make: (one: FileCoverage) => FileCoverage): void {
  const members = [...place.members, member].join('\0')
  for (const [at, one] of walk.coverage.entries())
    if (one.members?.join('\0') === members) walk.coverage[at] = make(one)
}

/** A finding of a member, where the member stands. */
function put(walk: Walk, place: Place, finding: Finding): void {
  const { path: member, ...location } = finding.location
  const members = [...place.members, member]
  const cause = JSON.stringify([walk.path, members, finding.fingerprint])
  const fingerprint = sha256Hex(utf8(cause.toWellFormed())).slice(0, 16)
  walk.findings.push({ ...finding, location: { ...location, path: walk.path, members }, fingerprint })
}

const NOTHING: ByteSource = { size: 0, read: async () => new Uint8Array(0) }
