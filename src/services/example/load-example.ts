import { join } from 'node:path'
import { type Digest, digestOfJson, GATED_STAGES, type GatedStage } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Actor, ModelDetail, Registry } from '../registry/index.ts'

interface ExampleModel {
  readonly path: string
  readonly name: string
  readonly by: string
  readonly derivedFrom?: string
}
interface ExampleStep {
  readonly verb: 'approve' | 'reject' | 'promote'
  readonly model: string
  readonly by: string
  readonly stage?: GatedStage
  readonly note?: string
}
interface Pipeline {
  readonly principals: readonly {
    readonly key: string
    readonly name: string
    readonly role: string
    readonly owner: string
  }[]
  readonly models: readonly ExampleModel[]
  readonly steps: readonly ExampleStep[]
}

/** What the example needs of the house. */
export interface ExampleDeps {
  readonly registry: Registry
  /** Folder that holds `pipeline.json` and the models. */
  readonly folder: string
  /** The demonstration principal of a key, made when it is not there. */
  readonly principal: (person: {
    readonly name: string
    readonly role: string
    readonly owner: string
  }) => Promise<{ readonly id: string; readonly owner: string }>
}

/** Reads `pipeline.json`. @throws SallyportError `BAD_CONFIG` when it is not one */
export function readPipeline(text: string): Pipeline {
  const value = JSON.parse(text) as Partial<Pipeline> & { schemaVersion?: number }
  if (
    value.schemaVersion !== 1 ||
    value.models === undefined ||
    value.steps === undefined ||
    value.principals === undefined
  )
    throw new SallyportError('BAD_CONFIG', 'examples/pipeline.json is not an example pipeline of version 1')
  return { principals: value.principals, models: value.models, steps: value.steps }
}

/**
 * Takes the example through the real path: import, assess, consent, decide. What was done at an earlier start is not
 * done again, so that a start that was cut off goes on where it stopped.
 * @returns how many models stand there, and how many steps were taken now
 */
export async function loadExample(
  deps: ExampleDeps,
  pipeline: Pipeline,
): Promise<{ models: number; steps: number }> {
  const people = new Map<string, { id: string; owner: string }>()
  for (const { key, ...person } of pipeline.principals)
    people.set(key, await deps.principal({ ...person, owner: `example-${person.owner}` }))
  const actor = (key: string, request: unknown): Actor => {
    const person = people.get(key)
    if (person === undefined)
      throw new SallyportError('BAD_CONFIG', `examples/pipeline.json names nobody called "${key}"`)
    return {
      principalId: person.id,
      owner: person.owner,
      authentication: 'local',
      requestDigest: digestOfJson(request),
    }
  }
  const digests = new Map<string, Digest>()
  for (const model of pipeline.models) {
    const derivedFrom = model.derivedFrom === undefined ? undefined : needDigest(digests, model.derivedFrom)
    const request = {
      path: join(deps.folder, model.path),
      name: model.name,
      ...(derivedFrom === undefined ? {} : { derivedFrom }),
    }
    const who = actor(model.by, { verb: 'import', name: model.name })
    const taken = await deps.registry.importModel(request, who)
    if (taken.assessment === undefined) await deps.registry.assess(taken.digest, who)
    digests.set(model.name, taken.digest)
  }
  let steps = 0
  for (const step of pipeline.steps) {
    const digest = needDigest(digests, step.model)
    const who = actor(step.by, step)
    if (isDone(await deps.registry.get(digest), step, who)) continue
    await take(deps.registry, digest, step, who)
    steps += 1
  }
  return { models: digests.size, steps }
}

function needDigest(digests: ReadonlyMap<string, Digest>, name: string): Digest {
  const digest = digests.get(name)
  if (digest === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      `examples/pipeline.json names no model "${name}" before it is used`,
    )
  return digest
}

const PAST: Readonly<Record<'approve' | 'reject', string>> = { approve: 'Approved for', reject: 'Rejected' }

function isDone(model: ModelDetail, step: ExampleStep, who: Actor): boolean {
  if (model.stage === 'revoked') return true
  if (step.verb === 'promote') return model.decisions.some(({ stage }) => stage === step.stage)
  const start = step.verb === 'approve' ? `${PAST.approve} ${step.stage}` : PAST.reject
  return model.timeline.some(
    ({ principalId, summary }) => principalId === who.principalId && summary.startsWith(start),
  )
}

async function take(registry: Registry, digest: Digest, step: ExampleStep, who: Actor): Promise<void> {
  const note = step.note ?? 'Part of the example.'
  if (step.verb === 'reject') {
    await registry.reject(digest, { note }, who)
    return
  }
  const stage = GATED_STAGES.find((candidate) => candidate === step.stage)
  if (stage === undefined)
    throw new SallyportError('BAD_CONFIG', `examples/pipeline.json: a step on "${step.model}" has no stage`)
  if (step.verb === 'approve') await registry.approve(digest, { stage, note }, who)
  else await registry.promote(digest, { stage }, who)
}
