import { example, type ModelRule } from '../../rule.ts'

export const yamlObject: ModelRule = {
  id: 'text/yaml-object',
  severity: 'high',
  verdict: 'malicious',
  title: 'Loading this YAML file makes Python objects',
  source: 'https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation',
  taxonomy: ['CWE-502', 'AML.T0011.000', 'CVE-2020-14343'],
  why: 'A !!python/object/apply or /new tag has PyYAML call any function of Python with arguments of the file.',
  remedy: 'Load YAML with safe_load only, and do not load this file.',
  examples: {
    fires: [example('a.yaml', "a: !!python/object/apply:os.system ['id']\n")],
    silent: [example('a.yaml', 'a: [1, 2]\n')],
  },
  check: (subject) => {
    if (subject.kind !== 'text' || subject.format !== 'yaml') return []
    const found = /(!!|tag:yaml\.org,2002:)python\/(object\/(apply|new)|module|name)[^\n]{0,200}/.exec(
      subject.text,
    )
    return found === null
      ? []
      : [{ key: found[0], message: `holds ${found[0]}`, offset: found.index, call: found[0] }]
  },
}
