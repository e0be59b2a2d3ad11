import {
  type Assessment,
  type FileAssessment,
  type Finding,
  SEVERITIES,
  worstVerdict,
} from '../../ground/domain/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import { makeBudget } from './budget.ts'
import { ruleSetDigest } from './rule-set.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import { supersede } from './supersede-coverage.ts'
import { walkPlace } from './walk-place.ts'
import type { Walk } from './walk-report.ts'
import { verdictOf } from './walk-verdict.ts'

/** Version of this assessor's code; rules and lists have a digest of their own. */
const VERSION = '1.0.0'

/**
 * Looks at one file of a model, and at everything inside it. `path` is its name in the artifact.
 * @throws SallyportError what the source throws; never for anything that stands in the file
 */
export async function assessFile(
  path: string,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<FileAssessment> {
  const walk: Walk = {
    path,
    policy: STANDARD_POLICY,
    budget: makeBudget(),
    signal,
    coverage: [],
    findings: [],
  }
  await walkPlace(walk, { source, members: [], depth: 0 })
  return {
    path,
    sizeBytes: source.size,
    verdict: verdictOf(walk),
    coverage: walk.coverage,
    findings: sorted(walk.findings),
  }
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

/**
 * The assessment of an artifact from those of its files, in their order. What several say of one file, such as what only the
 * repository as a whole tells, is joined.
 */
export function joinFiles(files: readonly FileAssessment[], startedAt: Date, finishedAt: Date): Assessment {
  const joined = joinSame(files)
  return {
    assessor: { assessor: 'model', version: VERSION, ruleSet: ruleSetDigest() },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    verdict: worstVerdict(joined.map(({ verdict }) => verdict)),
    files: joined,
  }
}

/** Files in the order in which they are first named. Nearly all are named once: only of the others a list is made. */
function joinSame(files: readonly FileAssessment[]): readonly FileAssessment[] {
  const byPath = new Map<string, FileAssessment | FileAssessment[]>()
  for (const file of files) {
    const known = byPath.get(file.path)
    if (known === undefined) byPath.set(file.path, file)
    else if (Array.isArray(known)) known.push(file)
    else byPath.set(file.path, [known, file])
  }
  if (byPath.size === files.length) return files
  return Array.from(byPath.values(), (one) => (Array.isArray(one) ? joinSameFile(one) : one))
}

function joinSameFile(parts: readonly FileAssessment[]): FileAssessment {
  const [first] = parts
  if (first === undefined) throw new Error('a file without an assessment')
  const all = parts.flatMap((part) => part.coverage)
  const findings = sorted(parts.flatMap((part) => part.findings))
  const coverage = supersede(all, findings)
  const verdict =
    coverage === all ? worstVerdict(parts.map((part) => part.verdict)) : verdictOf({ coverage, findings })
  return { ...first, verdict, coverage, findings }
}
