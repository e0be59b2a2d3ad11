import { type GatedStage, type ManifestEntry, makeManifest, type Outcome } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  KnownHashes,
  Place,
  PlaceReader,
  Places,
  PrivateCopy,
  Standing,
  StandingQuestion,
  StandingSource,
  Wanted,
} from './ports.ts'

/** What guarding stands on. */
export interface GuardDeps {
  readonly places: Places
  readonly reader: PlaceReader
  readonly source: StandingSource
  readonly onBytes?: (doneBytes: number, totalBytes: number, name: string) => void
}

/** What a loader wants to load. */
export interface GuardOrder {
  readonly wanted: Wanted
  readonly stage: GatedStage
  /** Files may be a part of one model; of a cache they always may. */
  readonly allowPart: boolean
  /** Name or digest of the model that it should be: looked at first where only a part is there. */
  readonly of?: string
  /** Where to put a private copy; without one the files are hashed where they stand. */
  readonly copyInto?: string
  /** This process removes the copy again. */
  readonly isOurs: boolean
}

/** One model that was looked at. */
export interface GuardedModel {
  readonly place: Place
  readonly entries: readonly ManifestEntry[]
  readonly standing: Standing
}

/** What came of it. `load` is what a loader may be given: absent unless every model is allowed. */
export interface Guarded {
  readonly outcome: Outcome
  readonly models: readonly GuardedModel[]
  readonly load?: { readonly path: string; readonly copy?: PrivateCopy }
}

const ORDER: readonly Outcome[] = ['deny', 'review', 'allow']

/**
 * Asks whether models that stand on this machine may be loaded now. With a copy, the bytes that were hashed are the bytes
 * that the loader gets, whatever happens to the files meanwhile; a copy of what is not allowed is removed at once.
 * @throws SallyportError when it could not be checked: that is never allow
 */
export async function guardModel(deps: GuardDeps, order: GuardOrder): Promise<Guarded> {
  const places = await deps.places.find(order.wanted)
  const [first, ...others] = places
  if (first === undefined) throw new SallyportError('NOT_FOUND', 'there is no model to guard')
  if (order.copyInto !== undefined && others.length > 0)
    throw new SallyportError(
      'BAD_INPUT',
      `a loader is given one model, and there are ${places.length}; name it with --repo and --revision`,
    )
  const known: KnownHashes = new Map()
  const models: GuardedModel[] = []
  for (const place of places) {
    const copy = await copyOf(deps, order, place)
    try {
      const entries = copy?.entries ?? (await deps.reader.hash(place, { known, ...bytesOf(deps) }))
      const standing = await deps.source.ask(questionOf(order, place, entries))
      models.push({ place, entries, standing })
      if (standing.outcome !== 'allow') await copy?.remove()
      else if (others.length === 0) return { outcome: 'allow', models, load: loadOf(place, copy) }
    } catch (cause) {
      await copy?.remove()
      throw cause
    }
  }
  const outcome = ORDER.find((one) => models.some(({ standing }) => standing.outcome === one)) ?? 'deny'
  return { outcome, models }
}

/** What is asked about files that were hashed. @throws SallyportError `BAD_INPUT` for files that make no model */
export function questionOf(
  order: Pick<GuardOrder, 'stage' | 'allowPart' | 'of'>,
  place: Place,
  entries: readonly ManifestEntry[],
): StandingQuestion {
  const manifest = makeManifest(entries)
  if (!manifest.ok) throw new SallyportError('BAD_INPUT', `${place.label}: ${manifest.error}`)
  const of = order.of ?? place.repo
  const isPart = order.allowPart || place.kind === 'snapshot'
  return {
    stage: order.stage,
    digest: manifest.value.digest,
    ...(isPart ? { part: { files: manifest.value.entries, ...(of === undefined ? {} : { of }) } } : {}),
  }
}

function copyOf(deps: GuardDeps, order: GuardOrder, place: Place): Promise<PrivateCopy> | undefined {
  const { copyInto: into, isOurs } = order
  return into === undefined ? undefined : deps.reader.copy(place, { into, isOurs, ...bytesOf(deps) })
}

function bytesOf({ onBytes }: GuardDeps) {
  return onBytes === undefined ? {} : { onBytes }
}

function loadOf(place: Place, copy: PrivateCopy | undefined): NonNullable<Guarded['load']> {
  return copy === undefined ? { path: place.path } : { path: copy.path, copy }
}
