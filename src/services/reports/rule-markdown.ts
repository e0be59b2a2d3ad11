import { printable } from './printable.ts'
import { pageOf, type RuleFacts } from './rule-facts.ts'
import type { RulePage, ShownExample } from './rule-page.ts'

const VERDICT_MEANS: Readonly<Record<string, string>> = {
  malicious: 'no harmless model needs this',
  suspicious: 'a person has to look',
  undecided: 'what is inside cannot be judged',
  clean: 'a note; it does not change the verdict',
}

/** A rule's page of docs/rules: the same bytes for the same rule. */
export function ruleMarkdown({ rule, fires, silent }: RulePage): string {
  return [
    `# ${rule.title}`,
    `\`${rule.id}\` · severity **${rule.severity}** · verdict **${rule.verdict}**: ${VERDICT_MEANS[rule.verdict] ?? ''}`,
    rule.taxonomy.map(linkOf).join(' · '),
    `**Why it matters.** ${escapeText(rule.why)}`,
    `**What to do.** ${escapeText(rule.remedy)}`,
    `**Where this is described.** <${rule.source}>`,
    '## It fires on',
    ...fires.slice(0, 1).flatMap(exampleBlocks),
    ...rest(fires.length - 1, 'fires'),
    '## It stays silent on',
    ...silent.slice(0, 1).flatMap(exampleBlocks),
    ...rest(silent.length - 1, 'stays silent'),
    '---',
    'This page is made from the rule (`npm run docs:rules`). [All rules](../README.md)',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

/** The index of docs/rules: every rule, family by family. */
export function rulesIndex(rules: readonly RuleFacts[]): string {
  const families = Map.groupBy(rules, ({ id }) => id.split('/')[0] ?? '')
  const sections = [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([family, members]) => [
      `## ${family}`,
      [
        '| rule | says | severity | verdict | taxonomy |',
        '| --- | --- | --- | --- | --- |',
        ...[...members]
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .map(
            (rule) =>
              `| [${rule.id}](${rule.id}.md) | ${escapeText(rule.title).replaceAll('|', '\\|')} | ${rule.severity} | ${rule.verdict} | ${rule.taxonomy.map(linkOf).join(', ')} |`,
          ),
      ].join('\n'),
    ])
  return `${[
    '# Rules',
    `What \`sallyport scan\` looks for: ${rules.length} rules in ${families.size} families. Each is tested with the examples on its page. In a terminal, \`sallyport rules show ID\` says the same.`,
    'These pages are made from the rules (`npm run docs:rules`); a test fails when they differ.',
    ...sections,
  ].join('\n\n')}\n`
}

function rest(count: number, does: string): readonly string[] {
  if (count < 1) return []
  return [
    `${count} more ${count === 1 ? 'example' : 'examples'} on which it ${does} ${count === 1 ? 'stands' : 'stand'} in its code.`,
  ]
}

function exampleBlocks({ files, verdict, says }: ShownExample): readonly string[] {
  return [
    ...files.flatMap(({ name, sizeBytes, lines }) => [
      `\`${printable(name)}\`, ${sizeBytes} bytes:`,
      fenced(lines.map(printableLine)),
    ]),
    `Verdict: **${verdict}**${says.length === 0 ? '.' : `. ${says.length === 1 ? 'What' : 'The first of what'} this rule says:`}`,
    ...says
      .slice(0, 1)
      .map(({ message, call, location }) =>
        fenced([
          printable(message),
          ...(call === undefined ? [] : [`loading runs  ${printable(call)}`]),
          `in ${[location.path, ...(location.members ?? [])].map(printable).join(' › ')}${location.offset === undefined ? '' : ` at byte ${location.offset}`}`,
        ]),
      ),
  ]
}

/** Tabs stay: they stand in example texts. */
function printableLine(line: string): string {
  return line.split('\t').map(printable).join('\t')
}

/** A block that no line inside can close. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.map((line) => (/^\s*(`+)/.exec(line)?.[1] ?? '').length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, ...lines, fence].join('\n')
}

function linkOf(id: string): string {
  const page = pageOf(id)
  return page === undefined ? id : `[${id}](${page})`
}

/** Texts of rules speak of `__reduce__` and `<|im_start|>`: they are no Markdown. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_<>[\]]/g, (char) => `\\${char}`)
}
