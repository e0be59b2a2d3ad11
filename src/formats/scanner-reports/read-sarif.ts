import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import { maybe, type ReportedVulnerability, type ReportView, resultsOf, wordOf } from './report-view.ts'

type Json = Readonly<Record<string, unknown>>

/** Tools whose results are known vulnerabilities of packages; what others report are findings of their own rules. */
const KNOWN_SCANNERS = /^(?:trivy|grype|snyk (?:open source|container)|osv-scanner)$/i
const LEVELS = ['error', 'warning', 'note', 'none']

/** Every run of a SARIF 2.1.0 log. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
export function readSarif(root: Json): readonly ReportView[] | undefined {
  if (root.version !== '2.1.0' || !Array.isArray(root.runs)) return undefined
  if (root.runs.length > 100) throw new RangeError(`it has ${root.runs.length} runs; 100 are read`)
  return root.runs.map((run) => readRun(recordOf(run)))
}

function readRun(run: Json): ReportView {
  const driver = recordOf(recordOf(run.tool).driver)
  const name = wordOf(driver.name)
  if (name === undefined) throw new RangeError('a run of it names no tool')
  const rules = listOf(driver.rules).map(recordOf)
  const all = resultsOf(run.results).map(recordOf)
  // Suppressed and unchanged results are named: whoever suppressed them is not who answers here.
  const isQuiet = ({ suppressions, kind }: Json) =>
    listOf(suppressions).some((one) => recordOf(one).status !== 'rejected') ||
    kind === 'pass' ||
    kind === 'notApplicable'
  const counted = all.filter((result) => !isQuiet(result))
  const leftOut = all.length - counted.length
  const failed = listOf(run.invocations)
    .map(recordOf)
    .filter(({ executionSuccessful }) => executionSuccessful === false)
  const notes = [
    ...(leftOut === 0 ? [] : [`${leftOut} results were suppressed or passed`]),
    ...(failed.length === 0 ? [] : ['the run says that it did not end well']),
  ]
  const ends = listOf(run.invocations).flatMap((one) => textOf(recordOf(one).endTimeUtc) ?? [])
  const head = {
    format: 'sarif',
    tool: {
      name,
      uri: wordOf(driver.informationUri) ?? `urn:tool:${encodeURIComponent(name.toLowerCase())}`,
      ...maybe('version', driver.semanticVersion ?? driver.version),
    },
    ...maybe('at', ends.toSorted().at(-1)),
    ...(notes.length === 0 ? {} : { leftOut: notes.join('; ') }),
  }
  if (KNOWN_SCANNERS.test(name))
    return {
      kind: 'vulnerabilities',
      ...head,
      results: counted.flatMap((result) => vulnerabilityOf(result, rules)),
    }
  const at = (level: string) =>
    [...new Set(counted.filter((one) => levelOf(one, rules) === level).map(ruleIdOf))].sort()
  return { kind: 'findings', ...head, failed: at('error'), warned: at('warning') }
}

function ruleIdOf(result: Json): string {
  return wordOf(result.ruleId) ?? wordOf(recordOf(result.rule).id) ?? 'unnamed rule'
}

function ruleOf(result: Json, rules: readonly Json[]): Json {
  const index = result.ruleIndex
  const byIndex = typeof index === 'number' ? rules[index] : undefined
  return byIndex ?? rules.find(({ id }) => id === ruleIdOf(result)) ?? {}
}

/** A result without a level has that of its rule, and else `warning` (section 3.27.10). */
function levelOf(result: Json, rules: readonly Json[]): string {
  const own = wordOf(result.level) ?? wordOf(recordOf(ruleOf(result, rules).defaultConfiguration).level)
  return LEVELS.find((level) => level === own) ?? 'warning'
}

function vulnerabilityOf(result: Json, rules: readonly Json[]): ReportedVulnerability {
  const id = ruleIdOf(result)
  const rule = ruleOf(result, rules)
  // Grype writes the package behind the id.
  const known = /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})/.exec(id)?.[0]
  const score = Number(recordOf(rule.properties)['security-severity'])
  return {
    id: known ?? id,
    aliases: known === undefined || known === id ? [] : [id],
    severity:
      Number.isFinite(score) && score >= 0 && score <= 10
        ? [{ type: 'score', score: String(score) }]
        : [{ type: 'level', score: levelOf(result, rules) }],
    fixedIn: [],
  }
}
