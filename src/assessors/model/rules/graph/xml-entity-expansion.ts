import type { XmlView } from '../../../../formats/xml/index.ts'
import { example, type ModelRule } from '../../rule.ts'

/** Characters. Entities of real documents are names of symbols. */
const MAX_EXPANDED = 1_000_000

export const xmlEntityExpansion: ModelRule = {
  id: 'xml/entity-expansion',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Entities of the document grow beyond all measure',
  source: 'https://cwe.mitre.org/data/definitions/776.html',
  taxonomy: ['CWE-776'],
  why: 'Entities that hold entities double with every level; a few lines become gigabytes in the memory of the reader.',
  remedy: 'Do not parse the document; remove its DOCTYPE.',
  examples: {
    fires: [
      example(
        'b.xml',
        `<!DOCTYPE a [<!ENTITY l0 "${'x'.repeat(100)}">${[1, 2, 3, 4, 5, 6].map((i) => `<!ENTITY l${i} "${`&l${i - 1};`.repeat(10)}">`).join('')}]><a>&l6;</a>`,
      ),
    ],
    silent: [example('c.xml', '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>')],
  },
  check: (subject) => {
    const size = subject.kind === 'xml' ? expandedSize(subject.view) : 0
    return size > MAX_EXPANDED
      ? [{ key: 'expansion', message: `entities expand to ${size} characters or more` }]
      : []
  },
}

/** Characters of the entity that grows largest. An entity may only hold those before it, or itself, which no reader allows. */
function expandedSize(view: XmlView): number {
  const sizes = new Map<string, number>()
  let largest = 0
  // Declarations may stand in any order: a few rounds settle every honest document.
  for (let round = 0; round < 20; round++)
    for (const { name, isParameter, value } of view.doctype?.entities ?? []) {
      if (value === undefined) continue
      let size = value.length
      for (const [reference] of value.slice(0, 100_000).matchAll(/[&%][^&%;\s]{1,128};/g))
        size += sizes.get(reference) ?? 0
      sizes.set(`${isParameter ? '%' : '&'}${name};`, Math.min(size, Number.MAX_SAFE_INTEGER))
      largest = Math.max(largest, size)
    }
  return largest
}
