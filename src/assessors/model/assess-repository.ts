import type { FileAssessment } from '../../ground/domain/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import { makeBudget } from './budget.ts'
import { type RawTensors, rawTensors } from './repository/raw-tensors.ts'
import { type Repository, readRepository } from './repository/read-repository.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import type { RepositorySubject } from './subjects/repository-subject.ts'
import { coverageOf } from './supersede-coverage.ts'
import { applyRules, type Walk } from './walk-report.ts'
import { verdictOf } from './walk-verdict.ts'

/**
 * Looks at what only the files together tell, and says so file by file; files of which nothing more is to be said are left
 * out. Each file was assessed for itself by {@link assessFile}.
 * @throws SallyportError what reading throws
 */
export async function assessRepository(repository: Repository): Promise<readonly FileAssessment[]> {
  const tensors = await rawTensors(repository)
  return [...additionsOf(await readRepository(repository)), ...tensors.map(assessmentOf)]
}

function assessmentOf(tensors: RawTensors): FileAssessment {
  const { name, sizeBytes } = tensors
  return { path: name, sizeBytes, verdict: 'clean', coverage: [coverageOf(name, tensors)], findings: [] }
}

function additionsOf(subject: RepositorySubject): FileAssessment[] {
  const [first] = subject.files
  if (first === undefined) return []
  const walk: Walk = {
    path: first.name,
    policy: STANDARD_POLICY,
    budget: makeBudget(),
    signal: undefined,
    coverage: [],
    findings: [],
  }
  applyRules(walk, { source: NOTHING, members: [], depth: 0 }, subject)
  const byPath = Map.groupBy(walk.findings, ({ location }) => location.path)
  return [...byPath].map(([path, findings]) => ({
    path,
    sizeBytes: subject.files.find(({ name }) => name === path)?.sizeBytes ?? 0,
    verdict: verdictOf({ coverage: [], findings }),
    coverage: [],
    findings,
  }))
}

const NOTHING: ByteSource = { size: 0, read: async () => new Uint8Array(0) }
