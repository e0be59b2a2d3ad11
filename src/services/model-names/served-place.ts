import { type Digest, GATED_STAGES, type GatedStage, parseDigest } from '../../ground/domain/index.ts'

/** The folder of the artifact store in which registered bytes stand by their digest; nobody uploads there. */
export const SERVED_FOLDER = 'sallyport'

/** Where the bytes of a digest are read for a stage, as a path of the artifact store. */
export function placeOfDigest(digest: Digest, stage: GatedStage): string {
  return `${SERVED_FOLDER}/${stage}/${digest.replace(':', '-')}`
}

/** A place that {@link placeOfDigest} made, with what stands behind it. */
export interface ServedPlace {
  readonly stage: GatedStage
  readonly digest: Digest
  /** Relative to the model; empty for all of it. */
  readonly file: string
}

/** What a path asks for, or undefined when it is none of those places. */
export function servedPlace(path: string): ServedPlace | undefined {
  const [folder, stageText, name = '', ...rest] = path.split('/')
  const stage = GATED_STAGES.find((one) => one === stageText)
  const digest = parseDigest(name.replace(/^sha256-/, 'sha256:'))
  if (folder !== SERVED_FOLDER || stage === undefined || !digest.ok) return undefined
  return { stage, digest: digest.value, file: rest.join('/') }
}

/** The digest of a whole served model that a source names. */
export function digestOfPlace(path: string): Digest | undefined {
  const place = servedPlace(path)
  return place?.file === '' ? place.digest : undefined
}
