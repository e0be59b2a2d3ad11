import type { Digest, GatedStage } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Capability } from '../identity/index.ts'
import type { Actor } from '../registry/index.ts'
import { MIRROR_TAGS } from './check-words.ts'
import { createJudge, type Judge, sayWhyNot } from './judge.ts'
import type { MlflowStage, NamedModel, NamedVersion, NamesDeps } from './ports.ts'

/** Who asks, and what their role lets them do. */
export interface NamesCaller {
  readonly actor: Actor
  readonly capabilities: readonly Capability[]
}

/** A wish to let a guarded name stand for a version. */
export interface Move {
  readonly name: string
  readonly version: number
  readonly digest?: Digest | undefined
  readonly to: string
}

/** The questions that guarded names and downloads ask. */
export interface Gates {
  readonly judge: Judge
  /** The stage that a guarded alias or stage asks for; undefined when it is not guarded. */
  stageOf(name: string): GatedStage | undefined
  /** Every guarded name that stands for a version. */
  guardsOf(
    model: Pick<NamedModel, 'aliases'>,
    version: Pick<NamedVersion, 'version' | 'stage'>,
  ): readonly string[]
  /**
   * Lets a guarded name move on a current `allow`, and seals the decision and its receipt; other names pass.
   * @throws SallyportError `FORBIDDEN` with the reason and the next step
   */
  move(wish: Move, caller: NamesCaller): Promise<void>
  /** @throws SallyportError `FORBIDDEN` unless whoever asks may move guarded names */
  mayTouch(what: string, caller: NamesCaller): void
  /** @throws SallyportError `FORBIDDEN` for a tag that tells decisions elsewhere, unless whoever asks may promote */
  mayTag(key: string, caller: NamesCaller): void
  /**
   * The highest stage at which bytes are asked for under these names, when all of them allow it now.
   * @throws SallyportError `FORBIDDEN` with the reason and the next step
   */
  serve(wish: Omit<Move, 'to'>, guards: readonly string[], caller: NamesCaller): Promise<GatedStage>
}

const ORDER: readonly GatedStage[] = ['production', 'staging', 'development']

/** The gates before names. */
export function createGates(deps: NamesDeps): Gates {
  const judge = createJudge(deps)
  const stageOf = (name: string) => deps.guarded.get(name.toLowerCase())
  const mayTouch: Gates['mayTouch'] = (what, { capabilities }) => {
    if (!capabilities.includes('promote'))
      throw new SallyportError(
        'FORBIDDEN',
        `Sallyport: ${what} is guarded and your role may not move it; ask someone with the role "deployer"`,
      )
  }
  const ask = async (wish: Omit<Move, 'to'>, stage: GatedStage, verb: string, { actor }: NamesCaller) => {
    const digest = known(wish, verb)
    const decision = await judge(digest, stage)
    if (decision.outcome === 'allow') return digest
    const { principalId, owner } = actor
    const source = `models:/${wish.name}/${wish.version}`
    await deps.noteRequest?.({ digest, stage, door: 'mlflow', principalId, owner, source, decision })
    const why = sayWhyNot(decision, deps.reviewUrl(digest))
    throw new SallyportError('FORBIDDEN', `Sallyport refuses to ${verb}: ${why}`)
  }
  return {
    judge,
    stageOf,
    mayTouch,
    mayTag: (key, caller) => {
      // Else whoever brings models in could have somebody else's package approved in another registry.
      if (key.startsWith(MIRROR_TAGS)) mayTouch(`the tag "${key.slice(0, 80)}"`, caller)
    },
    guardsOf: ({ aliases }, { version, stage }) => [
      ...Object.keys(aliases).filter((alias) => aliases[alias] === version && stageOf(alias) !== undefined),
      ...(stageOf(stage) === undefined ? [] : [stage]),
    ],
    move: async (wish, caller) => {
      const stage = stageOf(wish.to)
      if (stage === undefined) return
      mayTouch(`"${wish.to}" of ${wish.name}`, caller)
      const verb = `let "${wish.to}" of ${wish.name} stand for version ${wish.version}`
      const digest = await ask(wish, stage, verb, caller)
      const sealed = await deps.registry.promote(digest, { stage }, caller.actor)
      // Decided anew when it was sealed: what changed in between counts.
      if (sealed.outcome !== 'allow')
        throw new SallyportError(
          'FORBIDDEN',
          `Sallyport refuses to ${verb}: ${sayWhyNot(sealed, deps.reviewUrl(digest))}`,
        )
    },
    serve: async (wish, guards, caller) => {
      const wanted = new Set<GatedStage>(['development'])
      for (const guard of guards) wanted.add(stageOf(guard) ?? 'development')
      const stages = ORDER.filter((stage) => wanted.has(stage))
      for (const stage of stages)
        await ask(wish, stage, `hand out version ${wish.version} of ${wish.name} for ${stage}`, caller)
      return stages[0] ?? 'development'
    },
  }
}

function known({ name, version, digest }: Omit<Move, 'to'>, verb: string): Digest {
  if (digest !== undefined) return digest
  throw new SallyportError(
    'FORBIDDEN',
    `Sallyport refuses to ${verb}: the bytes of version ${version} of ${name} are not known here (they are still on their way, or could not be taken in). Next: look at the version's status_message`,
  )
}

/** A stage as MLflow's clients write it, in any case. @throws SallyportError `BAD_INPUT` */
export function mlflowStage(text: string): MlflowStage {
  const stages: Readonly<Record<string, MlflowStage>> = {
    none: 'None',
    staging: 'Staging',
    production: 'Production',
    archived: 'Archived',
  }
  const stage = Object.hasOwn(stages, text.toLowerCase()) ? stages[text.toLowerCase()] : undefined
  if (stage === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `Invalid Model Version stage: ${text.slice(0, 60)}. Value must be one of None, Staging, Production, Archived.`,
    )
  return stage
}
