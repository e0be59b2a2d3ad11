import type { Decision, Digest, GatedStage, Manifest } from '../../ground/domain/index.ts'
import { predicateOf } from '../../trust/evidence/index.ts'
import { decideNow } from './judge.ts'
import { openRows } from './read-statements.ts'
import type { HashedPath, Progress, Verification } from './registry-port.ts'
import type { Room } from './room.ts'
import { hashInPlace } from './take-in.ts'

/**
 * The loader's question: are these very bytes known, were they promoted, and are they allowed still? All three, or not.
 * @throws SallyportError `BAD_INPUT` when the path cannot be read; statements that no longer verify throw too
 */
export async function verifyPath(
  room: Room,
  what: string | HashedPath,
  stage: GatedStage,
  onProgress?: (progress: Progress) => void,
): Promise<Verification> {
  const path = typeof what === 'string' ? what : what.path
  const hashed = typeof what === 'string' ? [] : what.manifests
  const manifest =
    hashed.find(({ digest }) => room.view.model(digest) !== undefined) ??
    hashed[0] ??
    (await hashInPlace(room, path, onProgress))
  const base = { digest: manifest.digest, omsRoot: manifest.omsRoot, stage }
  const model = room.view.model(manifest.digest)
  if (model === undefined) return { ...base, outcome: 'deny', ...unknownBytes(path) }
  const decision = await decideNow(room, manifest.digest, stage)
  const known = { ...base, name: model.name, decision }
  if (decision.outcome !== 'allow') return { ...known, outcome: decision.outcome, ...refusal(decision) }
  const promoted = await lastPromotion(room, manifest, stage)
  const at = room.now().toISOString()
  if (promoted === undefined)
    return {
      ...known,
      outcome: 'review',
      message: `${model.name} may go to ${stage}, and nobody has promoted it yet`,
      nextStep: `sallyport promote ${manifest.digest} --stage ${stage}`,
    }
  if (promoted.outcome !== 'allow' || promoted.expiresAt <= at)
    return {
      ...known,
      outcome: promoted.outcome === 'allow' ? 'review' : promoted.outcome,
      message: `the last sealed decision for ${stage} says ${promoted.outcome} and holds until ${promoted.expiresAt}`,
      nextStep: `sallyport promote ${manifest.digest} --stage ${stage} decides anew`,
    }
  return { ...known, outcome: 'allow', message: `${model.name} is the model that was approved for ${stage}` }
}

function unknownBytes(path: string): { message: string; nextStep: string } {
  return {
    message: `${path} holds bytes that were never imported here, or that have changed since`,
    nextStep: `sallyport import ${path} takes them into quarantine`,
  }
}

function refusal(decision: Decision): { message: string; nextStep?: string } {
  const reason = decision.reasons.find(({ outcome }) => outcome === decision.outcome)
  if (reason === undefined) return { message: `the policy says ${decision.outcome}` }
  return { message: reason.message, ...(reason.nextStep === undefined ? {} : { nextStep: reason.nextStep }) }
}

async function lastPromotion(
  room: Room,
  manifest: Manifest,
  stage: GatedStage,
): Promise<Decision | undefined> {
  const digest: Digest = manifest.digest
  const decisions = (await openRows(room, digest))
    .map(({ verified }) => predicateOf(verified, 'decision'))
    .filter((decision) => decision?.stage === stage)
  return decisions.at(-1)
}
