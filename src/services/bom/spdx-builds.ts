import { type BomFacts, type Json, shown, some } from './bom-facts.ts'
import type { SpdxPad } from './spdx-pad.ts'

/** Inputs of one run that are written out. */
const MAX_INPUTS = 500

/** How the model was made, in SPDX's Build profile: a build a run, with its inputs and the model as output. */
export function spdxBuilds(facts: BomFacts, pad: SpdxPad, model: string): void {
  for (const { predicate, statement } of facts.provenance) {
    const { buildDefinition, runDetails } = predicate
    const { startedOn, finishedOn, invocationId } = runDetails.metadata ?? {}
    const build = pad.add('build_Build', {
      build_buildType: isIri(buildDefinition.buildType)
        ? buildDefinition.buildType
        : 'https://sallyport.dev/training/v1',
      build_buildId: shown(invocationId ?? statement, 400),
      ...some('build_buildStartTime', withoutFraction(startedOn)),
      ...some('build_buildEndTime', withoutFraction(finishedOn)),
      comment: `Sealed as ${statement}.`,
    })
    const inputs = (buildDefinition.resolvedDependencies ?? []).slice(0, MAX_INPUTS).map((input) =>
      pad.add(input.annotations?.kind === 'dataset' ? 'dataset_DatasetPackage' : 'software_Package', {
        name: shown(input.name ?? input.uri ?? 'input', 400),
        ...(input.annotations?.kind === 'dataset' ? { dataset_datasetType: ['noAssertion'] } : {}),
        ...some('verifiedUsing', hashesOf(input.digest)),
      }),
    )
    pad.relateIn('build', build, 'hasInput', inputs)
    pad.relateIn('build', build, 'hasOutput', [model])
  }
}

function hashesOf(digest: Readonly<Record<string, string>> | undefined): readonly Json[] {
  return Object.entries(digest ?? {}).flatMap(([algorithm, hashValue]) =>
    /^(sha1|sha256|sha384|sha512)$/.test(algorithm) && /^[0-9a-f]+$/.test(hashValue)
      ? [{ type: 'Hash', algorithm, hashValue }]
      : [],
  )
}

/** SPDX's DateTimeStamp: UTC without fractions; undefined for what is no time. */
function withoutFraction(time: string | undefined): string | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z') : undefined
}

function isIri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text)
}
