import type { RunComparison, RunSummary } from '../../services/training/index.ts'
import type { RunFiles, TrainingRunPredicate } from '../../trust/evidence/index.ts'
import type { RunVerification } from './doors/training.ts'
import { bold, dim, safe, showBytes, showCount, showSeverity } from './format-text.ts'
import { table } from './table.ts'

const SIGN: Readonly<Record<string, string>> = {
  finished: '✓',
  failed: '✗',
  denied: '✗',
  'stopped-by-budget': '▲',
  interrupted: '?',
  running: '…',
  unreadable: '?',
}

/** A length of time for people: `350 ms`, `4.2 s`, `12 m 30 s`, `3 h 5 m`. */
export function showMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} m ${Math.floor((ms % 60_000) / 1000)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`
}

/** The record of a run, for people. @param options `isLong` with everything that it depends on */
export function runLines(
  run: TrainingRunPredicate,
  options: { readonly isLong?: boolean } = {},
): readonly string[] {
  const { resources } = run
  const cpuMs = resources.cpuUserMs + resources.cpuSystemMs
  const gpu = resources.gpus === undefined ? '' : `   GPU ${showMs(resources.gpuMs)}`
  return [
    `${SIGN[run.outcome]} ${run.outcome}  ${bold(safe(run.name))}  ${dim(run.run)}`,
    ...(run.reason === undefined ? [] : [`  ${safe(run.reason)}`]),
    `  took ${showMs(resources.wallMs)}   CPU ${showMs(cpuMs)}${gpu}   memory ${showBytes(resources.peakMemoryBytes)}`,
    ...budgetLines(run, cpuMs),
    ...run.inputs.datasets.map((data) => fileLine('in ', data)),
    ...(run.inputs.baseModel === undefined ? [] : [fileLine('in ', run.inputs.baseModel)]),
    ...(options.isLong === true ? inputLines(run) : []),
    ...run.products.map((product) => fileLine('out', product)),
    ...(run.admission?.reasons ?? [])
      .filter((reason) => reason !== run.reason)
      .map((reason) => `  policy ${run.admission?.outcome}: ${safe(reason)}`),
    ...run.findings.map(
      ({ severity, title, message, ruleId }) =>
        `  ${showSeverity(severity)}  ${title}: ${safe(message)}  ${dim(ruleId)}`,
    ),
    ...(options.isLong === true ? coverageLines(run) : []),
    ...(run.products.length > 0 && options.isLong !== true
      ? [
          dim(
            `  next: sallyport import ${safe(run.products[0]?.path ?? 'PATH')} takes the model into quarantine`,
          ),
        ]
      : []),
  ]
}

function budgetLines({ budget, resources }: TrainingRunPredicate, cpuMs: number): readonly string[] {
  const parts = [
    ['wall', budget.wallMs, resources.wallMs],
    ['cpu', budget.cpuMs, cpuMs],
    ['gpu', budget.gpuMs, resources.gpuMs],
    ['memory', budget.memoryBytes, resources.peakMemoryBytes],
  ] as const
  const used = parts.flatMap(([name, limit, value]) =>
    limit === undefined ? [] : [`${name} ${Math.round((value / limit) * 100)} %`],
  )
  return used.length === 0 ? [] : [`  budget used: ${used.join(', ')}`]
}

function fileLine(way: string, { name, digest, files, sizeBytes }: RunFiles): string {
  const size =
    files === undefined || sizeBytes === undefined
      ? ''
      : `  ${showCount(files, 'file')}, ${showBytes(sizeBytes)}`
  return `  ${way} ${safe(name)}  ${dim(digest)}${size}`
}

function inputLines({
  inputs,
  command,
  folder,
  host,
  user,
  egress,
  metrics,
}: TrainingRunPredicate): readonly string[] {
  const { code, locks, packages, container, seed, versions } = inputs
  const changed = code?.changes === undefined ? '' : ', with changes beyond it'
  return [
    `  command ${safe(command.join(' '))}`,
    `  where   ${safe(folder)} on ${safe(host)} by ${user}`,
    ...(code === undefined
      ? []
      : [`  code    ${code.commit}${changed}${code.remote === undefined ? '' : `  ${safe(code.remote)}`}`]),
    ...locks.map(({ path, digest }) => `  lock    ${safe(path)}  ${dim(digest)}`),
    ...(packages === undefined
      ? []
      : [`  with    ${showCount(packages.count, 'package')}  ${dim(packages.digest)}`]),
    ...(container === undefined
      ? []
      : [`  image   ${safe(container.image ?? '')} ${dim(container.digest ?? container.id ?? '')}`]),
    ...(seed === undefined ? [] : [`  seed    ${safe(seed)}`]),
    ...Object.entries(versions).map(([name, version]) => `  version ${safe(name)}: ${safe(version)}`),
    ...(metrics === undefined ? [] : [`  metrics ${safe(metrics.path)}  ${dim(metrics.digest)}`]),
    ...(egress.length === 0 ? [] : [`  spoke with ${egress.slice(0, 10).map(safe).join(', ')}`]),
  ]
}

function coverageLines({ coverage }: TrainingRunPredicate): readonly string[] {
  return coverage
    .filter(({ status }) => status !== 'full')
    .map(({ what, status, reason }) =>
      dim(`  ${what}: seen ${status === 'none' ? 'not at all' : 'in part'}; ${safe(reason ?? '')}`),
    )
}

/** The list of runs. */
export function runTable(runs: readonly RunSummary[]): readonly string[] {
  return table(
    ['RUN', 'NAME', 'OUTCOME', 'BEGAN', 'TOOK', 'CPU', 'FINDINGS'],
    runs.map(({ id, name, state, startedAt, wallMs, cpuMs, findings, problem }) => [
      id,
      safe(name),
      `${SIGN[state]} ${state}`,
      startedAt ?? safe(problem ?? ''),
      wallMs === undefined ? '' : showMs(wallMs),
      cpuMs === undefined ? '' : showMs(cpuMs),
      findings === undefined ? '' : String(findings),
    ]),
  )
}

/** What differs between two runs. */
export function comparisonLines({ comparison, against, movedAside }: RunVerification): readonly string[] {
  const { inputs, products } = comparison
  const other = against === undefined ? 'now' : `in ${against}`
  return [
    ...(inputs.length === 0 ? [`✓ every input that is known is the same ${other}`] : []),
    ...inputs.map(
      ({ kind, name, before, after }) => `▲ ${kind}  ${safe(name)}: ${short(before)} → ${short(after)}`,
    ),
    ...products.map(({ path, isSame, before, after }) =>
      isSame
        ? `✓ ${safe(path)} is the same bit for bit  ${dim(before ?? '')}`
        : `✗ ${safe(path)} differs: ${short(before)} → ${short(after)}`,
    ),
    ...movedAside.map(({ from, to }) => dim(`  what the first run wrote to ${safe(from)} is in ${safe(to)}`)),
  ]
}

/** Characters of a value that is shown beside another. */
const MAX_SHOWN = 60

function short(value: string | undefined): string {
  if (value === undefined) return 'not there'
  const text = value.startsWith('sha256:') ? value.slice(0, 19) : value
  return safe(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

/** 0 nothing differs, 4 inputs differ and products are the same, 1 products differ. */
export function exitOfComparison({ inputs, products }: RunComparison): number {
  if (products.some(({ isSame }) => !isSame)) return 1
  return inputs.length > 0 ? 4 : 0
}
