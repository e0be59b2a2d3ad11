import { ruleFacts, ruleMarkdown, rulePage, rulesIndex } from '../../src/services/reports/index.ts'

/** What docs/rules has to hold: file names, relative to it, and their text. */
export async function rulePages(): Promise<ReadonlyMap<string, string>> {
  const rules = ruleFacts()
  const pages = new Map([['README.md', rulesIndex(rules)]])
  for (const { id } of rules) {
    const page = await rulePage(id)
    if (page !== undefined) pages.set(`${id}.md`, ruleMarkdown(page))
  }
  return pages
}
