import { readRunEvent } from '../../formats/openlineage/index.ts'
import { type Digest, digestOfJson, runNodeId } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { descriptorSubject, predicateOf } from '../../trust/evidence/index.ts'
import type { Actor } from '../registry/index.ts'
import type { LineageDeps } from './ports.ts'

/** What became of an event. */
export type ReceivedEvent =
  | { readonly recorded: true; readonly statement: Digest; readonly run: Digest }
  /** Heard and not sealed: it was told before, or says nothing of a run. */
  | {
      readonly recorded: false
      readonly why: 'known' | 'no-run' | 'nothing-new'
      readonly statement?: Digest
    }

/**
 * Seals that a principal told us of a run (OpenLineage). The names in it are that principal's claims: shown as such, never
 * counted. The same run, type and time again changes nothing.
 * @throws SallyportError `BAD_INPUT` with the member that is wrong
 */
export async function receiveEvent(deps: LineageDeps, event: unknown, actor: Actor): Promise<ReceivedEvent> {
  const read = readRunEvent(event)
  if (!read.ok) throw new SallyportError('BAD_INPUT', `this is no OpenLineage event: ${read.error}`)
  if (read.value === undefined) return { recorded: false, why: 'no-run' }
  const view = read.value
  // A run under way reports every few seconds; only what names data tells the lineage something.
  if (view.eventType === 'RUNNING' && view.inputs.length + view.outputs.length === 0)
    return { recorded: false, why: 'nothing-new' }
  const run = runNodeId(deps.tenant, view.runId)
  for (const { verified } of await deps.desk.statements(run)) {
    const known = predicateOf(verified, 'lineage-event')
    if (
      known?.eventType === view.eventType &&
      known.eventTime === view.eventTime &&
      known.runId === view.runId
    )
      return { recorded: false, why: 'known', statement: verified.digest }
  }
  const statement = await deps.desk.attest({
    name: 'lineage-event',
    subjects: [
      descriptorSubject('run', run, { name: `${view.job.namespace}/${view.job.name}`, tenant: deps.tenant }),
    ],
    predicate: {
      at: deps.now().toISOString(),
      principalId: actor.principalId,
      format: 'openlineage',
      ...view,
      eventDigest: digestOfJson(event),
    },
  })
  return { recorded: true, statement, run }
}
