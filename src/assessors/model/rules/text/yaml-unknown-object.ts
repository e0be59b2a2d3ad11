import { example, type ModelRule } from '../../rule.ts'
import { configWith } from '../config/config-check.ts'
import { ORDINARY_TAGS } from './yaml-object.ts'

export const yamlUnknownObject: ModelRule = {
  id: 'text/yaml-unknown-object',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Loading this YAML file makes objects that are not known',
  source: 'https://pyyaml.org/wiki/PyYAMLDocumentation',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  why: 'The tags have the loader import a package and make an object of a class that is not known here.',
  remedy: 'Load YAML with safe_load only, or look up what the class does when it is made.',
  examples: {
    fires: [
      example('a.yaml', 'a: !!python/object/apply:acme.tools.Runner [1]\n'),
      example('a.yaml', 'a: !!python/name:os.system\n'),
      example('a.yaml', 'a: !new:acme.Net\n'),
    ],
    silent: ORDINARY_TAGS,
  },
  check: (subject) => configWith(subject, 'unknown-tag'),
}
