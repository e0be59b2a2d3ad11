import { type Static, type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const Texts = Type.Array(Type.String())
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' })
const Time = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Optional = <P extends TProperties>(properties: P) => Type.Optional(Closed(properties))

const SummaryFields = {
  id: Uuid,
  name: Type.String(),
  state: Type.Enum([
    'running',
    'finished',
    'failed',
    'stopped-by-budget',
    'interrupted',
    'denied',
    'unreadable',
  ]),
  startedAt: Type.Optional(Time),
  wallMs: Type.Optional(Count),
  cpuMs: Type.Optional(Count),
  gpuMs: Type.Optional(Count),
  findings: Type.Optional(Count),
  problem: Type.Optional(Type.String()),
}
export const RunSummarySchema = Closed(SummaryFields)

const FilesSchema = Closed({
  name: Type.String(),
  path: Type.Optional(Type.String()),
  digest: DigestText,
  omsRoot: Type.Optional(Type.String()),
  files: Type.Optional(Count),
  sizeBytes: Type.Optional(Count),
})
const FindingSchema = Closed({
  ruleId: Type.String(),
  severity: Type.Enum(['critical', 'high', 'medium', 'low', 'info']),
  verdict: Type.Enum(['malicious', 'undecided', 'suspicious', 'clean']),
  title: Type.String(),
  message: Type.String(),
  remedy: Type.String(),
  taxonomy: Texts,
  fingerprint: Type.String(),
})

/** A run: its chart against its budget, and once it is sealed what went in, what came out and what is wrong with it. */
export const RunDetailSchema = Closed({
  ...SummaryFields,
  digest: DigestText,
  budget: Optional({
    wallMs: Type.Optional(Count),
    cpuMs: Type.Optional(Count),
    gpuMs: Type.Optional(Count),
    memoryBytes: Type.Optional(Count),
    warnAt: Type.Number(),
  }),
  resources: Optional({
    ...{ wallMs: Count, cpuUserMs: Count, cpuSystemMs: Count, gpuMs: Count, peakMemoryBytes: Count },
    ...{ readBytes: Count, writtenBytes: Count, peakProcesses: Count },
    tracking: Type.Enum(['cgroup', 'processes']),
    gpus: Type.Optional(Type.Array(Closed({ id: Type.String(), heldMs: Count, peakMemoryBytes: Count }))),
  }),
  points: Type.Array(
    Closed({
      ...{
        atMs: Count,
        cpuMs: Count,
        gpuMs: Count,
        memoryBytes: Count,
        readBytes: Count,
        writtenBytes: Count,
      },
      cpus: Type.Number({ description: 'processors busy on average since the point before' }),
      gpus: Type.Number({ description: 'GPUs held on average since the point before' }),
    }),
  ),
  record: Optional({
    reason: Type.Optional(Type.String()),
    finishedAt: Time,
    command: Texts,
    folder: Type.String(),
    host: Type.String(),
    user: Type.String(),
    exitCode: Type.Optional(Type.Integer()),
    signal: Type.Optional(Type.String()),
    datasets: Type.Array(FilesSchema),
    baseModel: Type.Optional(FilesSchema),
    products: Type.Array(FilesSchema),
    code: Optional({
      commit: Type.String(),
      changes: Type.Optional(DigestText),
      remote: Type.Optional(Type.String()),
    }),
    locks: Type.Array(Closed({ path: Type.String(), digest: DigestText })),
    packages: Type.Optional(Count),
    seed: Type.Optional(Type.String()),
    metrics: Optional({ path: Type.String(), digest: DigestText, values: Type.Optional(Type.Unknown()) }),
    egress: Texts,
    admission: Optional({
      outcome: Type.Enum(['allow', 'review', 'deny']),
      reasons: Texts,
      policy: Closed({ name: Type.String(), digest: DigestText }),
    }),
    historyRuns: Count,
    findings: Type.Array(FindingSchema),
    coverage: Type.Array(
      Closed({
        what: Type.String(),
        status: Type.Enum(['full', 'partial', 'none']),
        reason: Type.Optional(Type.String()),
      }),
    ),
    provenance: Type.Optional(DigestText),
  }),
})

type Sealed<T> = T extends object ? { readonly [K in keyof T]: Sealed<T[K]> } : T

export type RunSummary = Sealed<Static<typeof RunSummarySchema>>
export type RunDetail = Sealed<Static<typeof RunDetailSchema>>
