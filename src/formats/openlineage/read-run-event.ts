import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Data sets of one side of one event. */
const MAX_DATASETS = 500
/** Characters of a namespace or name: URLs and paths; the longest seen has 300. */
const MAX_NAME = 1_000
const MAX_URL = 2_000

const EVENT_TYPES = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] as const

/** A data set as the event names it. */
export interface NamedDataset {
  readonly namespace: string
  readonly name: string
  /** From a facet that carries one: `version` of the form `sha256:…`, or `sallyport.digest`. */
  readonly digest?: Digest
  readonly version?: string
}

/** What is read of an OpenLineage RunEvent. */
export interface RunEventView {
  readonly eventType: (typeof EVENT_TYPES)[number]
  readonly eventTime: string
  readonly producer: string
  /** Lower-case UUID. */
  readonly runId: string
  readonly job: { readonly namespace: string; readonly name: string }
  readonly parentRunId?: string
  readonly inputs: readonly NamedDataset[]
  readonly outputs: readonly NamedDataset[]
  readonly sourceCode?: { readonly type: string; readonly url: string; readonly version?: string }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * An OpenLineage event (spec 1.x and 2-0-2, facets as far as they are used). `undefined` for one of a job or a data set without
 * a run. A member that is wrong refuses the whole event, with its name.
 * Source: https://openlineage.io/spec/2-0-2/OpenLineage.json
 */
export function readRunEvent(value: unknown): Result<RunEventView | undefined> {
  const event = fieldsOf(value)
  if (event === undefined) return fail('the event is not an object')
  if (event.run === undefined && (event.dataset !== undefined || event.job !== undefined))
    return ok(undefined)
  const eventTime = textOf(event.eventTime, 64)
  // Old producers leave the type out of what they send last.
  const eventType = event.eventType ?? 'OTHER'
  const producer = textOf(event.producer, MAX_URL)
  const runId = runIdOf(event)
  if (eventTime === undefined || !isTime(eventTime)) return fail('eventTime is not a time')
  const type = EVENT_TYPES.find((known) => known === eventType)
  if (type === undefined) return fail(`eventType is none of ${EVENT_TYPES.join(', ')}`)
  if (producer === undefined) return fail(`producer is not a text of 1 to ${MAX_URL} characters`)
  if (runId === undefined) return fail('run.runId is not a UUID')
  const job = namedOf(event.job)
  if (job === undefined) return fail('job has no namespace and name')
  const inputs = datasetsOf(event.inputs, 'inputs')
  if (!inputs.ok) return inputs
  const outputs = datasetsOf(event.outputs, 'outputs')
  if (!outputs.ok) return outputs
  return ok({
    eventType: type,
    eventTime,
    producer,
    runId,
    job,
    inputs: inputs.value,
    outputs: outputs.value,
    ...facetsOf(event),
  })
}

function runIdOf(event: Fields): string | undefined {
  const runId = textOf(fieldsOf(event.run)?.runId, 36)?.toLowerCase()
  return runId !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(runId) ? runId : undefined
}

function facetsOf(event: Fields): Pick<RunEventView, 'parentRunId' | 'sourceCode'> {
  const parent = textOf(fieldsOf(facet(fieldsOf(event.run), 'parent')?.run)?.runId, 100)
  const sourceCode = sourceCodeOf(facet(fieldsOf(event.job), 'sourceCodeLocation'))
  return {
    ...(parent === undefined ? {} : { parentRunId: parent }),
    ...(sourceCode === undefined ? {} : { sourceCode }),
  }
}

function datasetsOf(value: unknown, side: string): Result<readonly NamedDataset[]> {
  if (value === undefined || value === null) return ok([])
  if (!Array.isArray(value)) return fail(`${side} is not a list`)
  if (value.length > MAX_DATASETS)
    return fail(`${side} names ${value.length} data sets; ${MAX_DATASETS} are taken`)
  const datasets: NamedDataset[] = []
  for (const [i, one] of value.entries()) {
    const named = namedOf(one)
    if (named === undefined) return fail(`${side}[${i}] has no namespace and name`)
    const fields = fieldsOf(one)
    const version = textOf(facet(fields, 'version')?.datasetVersion, 200)
    const digest = digestOf(facet(fields, 'sallyport')?.digest) ?? digestOf(version)
    datasets.push({
      ...named,
      ...(digest === undefined ? {} : { digest }),
      ...(version === undefined ? {} : { version }),
    })
  }
  return ok(datasets)
}

function namedOf(value: unknown): { readonly namespace: string; readonly name: string } | undefined {
  const fields = fieldsOf(value)
  const namespace = textOf(fields?.namespace, MAX_NAME)
  const name = textOf(fields?.name, MAX_NAME)
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

function sourceCodeOf(location: Fields | undefined): RunEventView['sourceCode'] {
  const type = textOf(location?.type, 100)
  const url = textOf(location?.url, MAX_URL)
  const version = textOf(location?.version, 200)
  // An address with a password in it would stand in the ledger for ever.
  if (type === undefined || url === undefined || /^[a-z+]+:\/\/[^/@\s]*:[^/@\s]*@/i.test(url))
    return undefined
  return { type, url, ...(version === undefined ? {} : { version }) }
}

function facet(owner: Fields | undefined, name: string): Fields | undefined {
  return fieldsOf(fieldsOf(owner?.facets)?.[name])
}

function digestOf(value: unknown): Digest | undefined {
  const digest = typeof value === 'string' ? parseDigest(value) : undefined
  return digest?.ok === true ? digest.value : undefined
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

function textOf(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= most && value.isWellFormed()
    ? value
    : undefined
}

/** RFC 3339, and the time without zone that old clients send. */
function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text) && Number.isFinite(Date.parse(text))
}
