import type { CardSection, ModelCard } from '../../formats/model-card/index.ts'
import type { Decision } from '../../ground/domain/index.ts'
import type { BomFacts } from '../bom/index.ts'
import { safeMarkdown, safeWords } from './safe-markdown.ts'

/** Heading of the part that Sallyport writes; an earlier one of that name is replaced. */
const TITLE = 'Security and provenance'
/** Lines of one list. */
const MAX_LINES = 50

/**
 * A model's card with what is proven of it: its own claims as they stand, made safe to show, and a part with digest, verdict,
 * decision, lineage and tests from the ledger. Composing again replaces that part only.
 */
export function composeCard(facts: BomFacts, decision?: Decision): ModelCard {
  const { card } = facts
  const own = card.sections
    .filter(({ title }) => title !== TITLE)
    .map((section) => ({ ...section, title: safeMarkdown(section.title), text: safeMarkdown(section.text) }))
  const hub = provenHubBases(facts)
  return {
    ...card,
    baseModels: card.baseModels.length > 0 ? card.baseModels : hub,
    sections: [
      ...(own.some(({ level }) => level === 1)
        ? own
        : [{ level: 1, title: safeWords(facts.name), text: '' }, ...own]),
      { level: 2, title: TITLE, text: proven(facts, decision).join('\n') },
    ] satisfies readonly CardSection[],
  }
}

/** Direct parents that a hub has, by the name that the hub knows. */
function provenHubBases({ lineage }: BomFacts): readonly string[] {
  // Where the very bytes came from is no base that they were made of.
  const sources = new Set(
    (lineage?.links ?? []).flatMap(({ from, relation }) => (relation === 'source' ? [from] : [])),
  )
  return (lineage?.nodes ?? []).flatMap(({ id, kind, step, claimed, name }) =>
    kind === 'hub-model' && step === -1 && !claimed && !sources.has(id) ? [name.replace(/@.*$/, '')] : [],
  )
}

function proven(facts: BomFacts, decision: Decision | undefined): readonly string[] {
  const { assessment } = facts
  const findings = (assessment?.files ?? []).flatMap((file) => file.findings)
  return [
    `Written by Sallyport ${safeWords(facts.version)} at ${facts.at} from ${facts.lineage === undefined ? 'a look at the files' : 'signed statements'}; the rest of this card is the claim of its author.`,
    '',
    `- Identity: \`${facts.digest}\` (${facts.files.length} ${facts.files.length === 1 ? 'file' : 'files'})`,
    `- OpenSSF Model Signing root: \`${facts.omsRoot}\``,
    assessment === undefined
      ? '- Scan: none'
      : `- Scan: ${assessment.verdict}, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}, ${safeWords(assessment.assessor.assessor)} ${safeWords(assessment.assessor.version)} at ${assessment.finishedAt}`,
    ...(decision === undefined
      ? []
      : [
          `- Decision for ${decision.stage}: ${decision.outcome}, policy ${safeWords(decision.policy.name)}, until ${decision.expiresAt}`,
        ]),
    ...(facts.source === undefined
      ? []
      : [`- Pulled from: ${safeWords(facts.source.name)} at \`${safeWords(facts.source.version)}\``]),
    ...ancestors(facts),
    ...facts.provenance.slice(0, MAX_LINES).map(({ predicate, statement }) => {
      const name = predicate.buildDefinition.externalParameters.name
      return `- Made by a run: ${safeWords(typeof name === 'string' ? name : predicate.buildDefinition.buildType)} (statement \`${statement}\`)`
    }),
    ...facts.tests
      .slice(0, MAX_LINES)
      .map(({ predicate, statement }) => `- Test: ${predicate.result} (statement \`${statement}\`)`),
    ...[
      ...new Set(
        findings
          .filter(({ severity }) => severity !== 'info')
          .map(({ ruleId, title }) => `- Finding: ${safeWords(ruleId)}: ${safeWords(title)}`),
      ),
    ].slice(0, MAX_LINES),
  ]
}

function ancestors({ lineage, digest }: BomFacts): readonly string[] {
  const names = new Map((lineage?.nodes ?? []).map((point) => [point.id, point]))
  return (lineage?.links ?? [])
    .filter(({ to, claimed }) => to === digest && !claimed)
    .slice(0, MAX_LINES)
    .flatMap(({ from, relation, statement }) => {
      const point = names.get(from)
      return point === undefined || point.kind === 'run'
        ? []
        : [`- Made from: ${safeWords(point.name)} \`${from}\`, ${relation} (statement \`${statement}\`)`]
    })
}
