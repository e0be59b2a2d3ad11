import type { CardSection, ModelCard } from './model-card.ts'

/** Headings of one card. The longest card seen has 90. */
const MAX_SECTIONS = 500

/** The parts of a Markdown text by its `#` headings; those inside fenced code are none. CommonMark 0.31, sections 4.2 and 4.5. */
export function readSections(body: string): readonly CardSection[] {
  const sections: { level: number; title: string; lines: string[] }[] = [{ level: 0, title: '', lines: [] }]
  let fence: string | undefined
  for (const line of body.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined && mark !== undefined) fence = mark
    else if (fence !== undefined && isEnd(line, fence)) fence = undefined
    const heading = fence === undefined && mark === undefined ? headingOf(line) : undefined
    if (heading !== undefined && sections.length <= MAX_SECTIONS) sections.push({ ...heading, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections
    .map(({ level, title, lines }) => ({ level, title, text: withoutBlankEnds(lines) }))
    .filter(({ level, text }) => level > 0 || text !== '')
}

/** Text of sections as Markdown. */
export function writeSections(sections: readonly CardSection[]): string {
  return sections
    .map(({ level, title, text }) => {
      const head = level === 0 ? '' : `${'#'.repeat(level)} ${title}`.trimEnd()
      return [head, text].filter((part) => part !== '').join('\n\n')
    })
    .join('\n\n')
}

function headingOf(line: string): { level: number; title: string } | undefined {
  const match = /^ {0,3}(#{1,6})(?:[ \t]+([\s\S]*))?$/.exec(line)
  if (match === null) return undefined
  let title = (match[2] ?? '').trim()
  // Closing hashes belong to the heading's dress; stripped until nothing more comes off, so that a title stays one.
  for (let next = undressed(title); next !== title; next = undressed(title)) title = next
  return { level: match[1]?.length ?? 1, title }
}

function undressed(title: string): string {
  return title.replace(/(^|[ \t])#+$/, '').trim()
}

function isEnd(line: string, fence: string): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1]
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length
}

function withoutBlankEnds(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first < 0
    ? ''
    : lines
        .slice(first, last + 1)
        .join('\n')
        .trimEnd()
}

/** What the sections of a card are about, by the headings of Hugging Face's template and those often seen. */
const TOPICS = {
  description: /^(model )?(description|summary|overview|details)$/i,
  uses: /^((direct|intended|primary) uses?|uses?|intended uses? (&|and) limitations|how to use)$/i,
  outOfScope: /^(out[- ]of[- ]scope|misuse|downstream) .*use/i,
  limitations: /(limitation|bias|risk)/i,
  ethics: /^ethical considerations?$/i,
  trainingData: /^training data(set)?s?$/i,
  trainingProcedure: /^training (procedure|details|hyperparameters)$/i,
  evaluation: /^evaluation( results)?$/i,
  environment: /^(environmental impact|carbon emissions)$/i,
} as const

/** What a section of a card may be about. */
export type CardTopic = keyof typeof TOPICS

/** The text of the first section about a topic that has any, as it stands in the card; undefined when there is none. */
export function sectionAbout(card: ModelCard, topic: CardTopic): string | undefined {
  return card.sections.find(({ title, text }) => text !== '' && TOPICS[topic].test(title))?.text
}
