import { type Digest, hexOfDigest } from '../../ground/domain/index.ts'
import {
  type DerivationRelation,
  predicateOf,
  subjectsOf,
  tenantOf,
  type Verified,
} from '../evidence/index.ts'
import { concernsOf } from './concerns.ts'
import { newestOfEach } from './newest-of-each.ts'
import type { StagePolicy } from './policy.ts'
import { against, type Judgement, type PolicyCase, statementsOf } from './policy-case.ts'

/** Models before a model that are looked at; a longer line goes to a person, for nobody has seen its beginning. */
const MAX_ANCESTORS = 256

/** What is known of the models that a model was made from: evidence and consent by subject. */
export type Ancestry = ReadonlyMap<Digest, readonly Verified[]>

/** One statement that names parents of a model. */
export interface Line {
  readonly verified: Verified
  /** `base-model`: the provenance of a run names the parent among its materials. */
  readonly relation: DerivationRelation | 'base-model'
  readonly parents: readonly { readonly digest: Digest; readonly name: string }[]
}

/** Statements about other subjects, by subject; decisions and other tenants are not read. */
export function ancestryOf(statements: readonly Verified[], tenant: string): Ancestry {
  const bySubject = new Map<Digest, Map<Digest, Verified>>()
  for (const verified of statements) {
    if (verified.kind === 'decision' || tenantOf(verified) !== tenant) continue
    for (const subject of subjectsOf(verified)) {
      const known = bySubject.get(subject) ?? new Map<Digest, Verified>()
      known.set(verified.digest, verified)
      bySubject.set(subject, known)
    }
  }
  const inOrder = (a: Verified, b: Verified) =>
    (a.at ?? 0) - (b.at ?? 0) || (a.digest < b.digest ? -1 : Number(a.digest > b.digest))
  return new Map([...bySubject].map(([subject, known]) => [subject, [...known.values()].sort(inOrder)]))
}

/** Every statement that says from what a model was made. */
export function linesOf(statements: readonly Verified[], ancestry: Ancestry): readonly Line[] {
  return statements.flatMap((verified): readonly Line[] => {
    const derivation = predicateOf(verified, 'derivation')
    if (derivation !== undefined) {
      const parents = [derivation.from, ...(derivation.others ?? [])]
      return [
        {
          verified,
          relation: derivation.relation,
          parents: parents.map(({ digest, name = digest }) => ({ digest, name })),
        },
      ]
    }
    const provenance = predicateOf(verified, 'slsa-provenance')
    const parents = (provenance?.buildDefinition.resolvedDependencies ?? []).flatMap(({ digest, name }) => {
      const id = `sha256:${digest?.sha256}` as Digest
      const isModel = ancestry.get(id)?.some((known) => known.name === 'quarantine') === true
      return isModel && !subjectsOf(verified).includes(id) ? [{ digest: id, name: name ?? id }] : []
    })
    return parents.length === 0 ? [] : [{ verified, relation: 'base-model', parents }]
  })
}

interface Ancestor {
  readonly digest: Digest
  readonly name: string
  readonly statements: readonly Verified[]
  /** The statements that lead from the model to it. */
  readonly via: readonly Verified[]
}

/** All models before one, nearest first. */
function ancestorsOf(kase: PolicyCase): { readonly found: readonly Ancestor[]; readonly isCut: boolean } {
  const found: Ancestor[] = []
  const seen = new Set<Digest>([kase.subject])
  const todo: Pick<Ancestor, 'statements' | 'via'>[] = [{ statements: kase.statements, via: [] }]
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    for (const line of linesOf(next.statements, kase.ancestry)) {
      const via = [...next.via, line.verified]
      for (const { digest, name } of line.parents) {
        if (seen.has(digest)) continue
        if (found.length === MAX_ANCESTORS) return { found, isCut: true }
        seen.add(digest)
        const ancestor = { digest, name, statements: kase.ancestry.get(digest) ?? [], via }
        found.push(ancestor)
        todo.push(ancestor)
      }
    }
  }
  return { found, isCut: false }
}

/** Bad news of the models that this one was made from: what was revoked or found malicious does not end with its name. */
export function judgeAncestors(kase: PolicyCase, stage: StagePolicy): Judgement {
  const { found, isCut } = ancestorsOf(kase)
  const reasons = found.flatMap((ancestor) => {
    const who = `${ancestor.name} (${hexOfDigest(ancestor.digest).slice(0, 12)}), from which this model was made,`
    const revocations = statementsOf(ancestor.statements, 'revocation')
    const last = revocations.at(-1)
    const scans = ancestor.statements.filter(({ name }) => name === 'model-scan')
    const bad = newestOfEach(scans).filter((scan) =>
      concernsOf(scan).some(({ verdict }) => verdict === 'malicious'),
    )
    const nextStep = 'Make this model again from another base, or settle what the base is accused of.'
    return [
      ...(last === undefined
        ? []
        : [
            against(
              stage.ancestors.revoked,
              'lineage.revoked',
              { message: `${who} was revoked at ${last.predicate.at}: ${last.predicate.note}`, nextStep },
              [...ancestor.via, ...revocations.map(({ verified }) => verified)],
            ),
          ]),
      ...(bad.length === 0
        ? []
        : [
            against(
              stage.ancestors.malicious,
              'lineage.malicious',
              { message: `${who} was found malicious.`, nextStep },
              [...ancestor.via, ...bad],
            ),
          ]),
    ]
  })
  if (!isCut) return { reasons }
  const words = {
    message: `More than ${MAX_ANCESTORS} models came before this one; not all of them were looked at.`,
    nextStep: 'Look at its lineage: sallyport lineage.',
  }
  return { reasons: [...reasons, against('review', 'lineage.too-long', words, [])] }
}

/** The statements about ancestors on which a decision may rest: all that were within reach. */
export function readOfAncestors(kase: PolicyCase): readonly Digest[] {
  return ancestorsOf(kase).found.flatMap(({ statements }) => statements.map(({ digest }) => digest))
}
