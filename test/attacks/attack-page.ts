import type { Attack } from './attack.ts'
import { ATTACKS, type Judged, judge } from './published.ts'
import { UNDISCLOSED } from './undisclosed.ts'

const HEAD = `# Published attacks on scanners of model files, and what this scanner says of them

Every technique that an advisory, an issue, a paper or a log of another scanner publishes, with a file that a script of ours makes
(\`test/attacks\`; every argument is harmless) and the verdict that \`test/attacks/published.test.ts\` demands.
This page is written by \`npm run docs:attacks\`; a test fails when it differs.
`

/** What docs/known-attacks.md has to hold. */
export async function attackPage(): Promise<string> {
  const rows: string[] = []
  for (const attack of ATTACKS) rows.push(rowOf(attack, await judge(attack)))
  const ids = new Set(ATTACKS.flatMap((attack) => attack.ids))
  const published = [...ids].filter((id) => linkOf(id) !== id).length
  return [
    HEAD,
    `${ATTACKS.length} files for ${published} advisories, issues and papers${published === ids.size ? '' : ` and ${ids.size - published} other reports`}.`,
    '',
    '| id | technique | file made | verdict | rules |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Not disclosed',
    '',
    'No technique is published for these, so that no file can be made.',
    '',
    '| id | what is known |',
    '| --- | --- |',
    ...UNDISCLOSED.map(([ids, why]) => `| ${ids.split(' ').map(writeId).join(', ')} | ${escapeText(why)} |`),
    '',
  ].join('\n')
}

function rowOf({ ids, title, files, why }: Attack, { verdict, rules }: Judged): string {
  const cells = [
    ids.map(writeId).join(', '),
    escapeText(title),
    Object.keys(files)
      .map((name) => `\`${name}\``)
      .join(', '),
    why === undefined ? verdict : `${verdict}: ${escapeText(why)}`,
    rules.map((id) => `[${id}](rules/${id}.md)`).join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

function writeId(id: string): string {
  const link = linkOf(id)
  return link === id ? id.replaceAll('-', ' ') : `[${id}](${link})`
}

/** The page of an id; the id itself when it has none. */
function linkOf(id: string): string {
  if (id.startsWith('GHSA-')) return `https://github.com/advisories/${id}`
  if (id.startsWith('CVE-')) return `https://nvd.nist.gov/vuln/detail/${id}`
  if (id.startsWith('arXiv:')) return `https://arxiv.org/abs/${id.slice(6)}`
  if (id === 'modelaudit-turns')
    return 'https://github.com/promptfoo/modelaudit/blob/main/docs/agents/picklescan-rce-bypass-game.md'
  if (id.includes('/')) return `https://github.com/${id.replace('#', '/issues/')}`
  return id
}

function escapeText(text: string): string {
  return text.replace(/[|<>_*`]/g, (character) => `\\${character}`)
}
