import { example, type ModelRule } from '../../rule.ts'
import { ORDINARY_CONFIGS } from '../config/active-target.ts'
import { configWith } from '../config/config-check.ts'

const rows = 'bcdefghi'
  .split('')
  .map((name, i) => `${name}: &${name} [${new Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)

export const yamlBomb: ModelRule = {
  id: 'text/yaml-bomb',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'This YAML file grows beyond every bound',
  source: 'https://cwe.mitre.org/data/definitions/776.html',
  taxonomy: ['CWE-776', 'AML.T0029'],
  why: 'Anchors of anchors multiply: a few hundred bytes become gigabytes in the memory of the loader.',
  remedy: 'Do not load this file.',
  examples: {
    fires: [example('a.yaml', `a: &a [x, x, x, x, x, x, x, x, x]\n${rows.join('\n')}\n`)],
    silent: ORDINARY_CONFIGS,
  },
  check: (subject) => configWith(subject, 'bomb'),
}
