import type { FileAssessment } from '../../ground/domain/index.ts'
import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'
import { makeBudget } from './budget.ts'
import { MODEL_RULES } from './rules.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import type { RepositoryFile, RepositorySubject } from './subjects/repository-subject.ts'
import { applyRules, type Walk } from './walk-report.ts'
import { verdictOf } from './walk-verdict.ts'

/** A repository that can be read: names, and the bytes behind them. */
export interface Repository {
  readonly files: readonly RepositoryFile[]
  /** Opens a file, hands it over, and closes it. */
  readonly withFile: <T>(name: string, use: (source: ByteSource) => Promise<T>) => Promise<T>
}

/** Bytes of one configuration that are read. The largest config.json seen has 60 kB. */
const MAX_CONFIG_BYTES = 2 * 1024 * 1024
/** Configurations read. */
const MAX_CONFIGS = 200

const CONFIG =
  /(^|\/)(config|tokenizer_config|modules|model_index|preprocessor_config|processor_config|adapter_config|generation_config|[\w.-]+\.index)\.json$/

/**
 * Looks at what only the files together tell, and says so file by file; files of which nothing more is to be said are left
 * out. Each file was assessed for itself by {@link assessFile}.
 * @throws SallyportError what reading throws
 */
export async function assessRepository(repository: Repository): Promise<readonly FileAssessment[]> {
  const texts = new Map<string, string>()
  for (const { name, sizeBytes } of repository.files) {
    if (!CONFIG.test(name) || sizeBytes > MAX_CONFIG_BYTES || texts.size >= MAX_CONFIGS) continue
    const text = utf8Text(await repository.withFile(name, (source) => source.read(0, source.size)))
    if (text !== undefined) texts.set(name, text)
  }
  const subject: RepositorySubject = { kind: 'repository', files: repository.files, texts }
  return additionsOf(subject)
}

function additionsOf(subject: RepositorySubject): FileAssessment[] {
  const [first] = subject.files
  if (first === undefined) return []
  const walk: Walk = {
    path: first.name,
    rules: MODEL_RULES,
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
