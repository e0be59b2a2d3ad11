import { craftNested } from '../../craft-container.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerNesting: ModelRule = {
  id: 'container/nesting',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Containers are nested deeper than any tool does',
  source: 'https://research.swtch.com/zip',
  taxonomy: ['CWE-674', 'AML.T0015'],
  why: 'Archives inside archives are how content is put where scanners give up, and archives that hold themselves never end.',
  remedy: 'Unpack the file by hand, or ask for it without the layers.',
  examples: {
    fires: [craftNested(12)],
    silent: [craftNested(3)],
  },
  check: (subject) => observeSights(subject, 'nesting'),
}
