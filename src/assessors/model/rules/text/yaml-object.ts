import { example, type ModelRule } from '../../rule.ts'
import { ORDINARY_CONFIGS } from '../config/active-target.ts'
import { configWith } from '../config/config-check.ts'

/** Tags that make only values, or objects of classes that are known. */
export const ORDINARY_TAGS = [
  ...ORDINARY_CONFIGS,
  example(
    'hparams.yaml',
    'path: !!python/object/apply:pathlib.PosixPath [a, b]\nargs: !!python/object:argparse.Namespace {a: 1}\n',
  ),
  example(
    'hyperparams.yaml',
    'model: !new:torch.nn.Linear\n  in_features: 4\nact: !name:torch.nn.ReLU\nn: !ref <model>\nx: !apply:torch.manual_seed [1]\n',
  ),
  example('mkdocs.yml', 'emoji: !!python/name:material.extensions.emoji.twemoji\n'),
  example(
    'notes.yaml',
    'text: "write !!python/object/apply:os.system in a text"\n# !!python/object/apply:os.system\n',
  ),
]

export const yamlObject: ModelRule = {
  id: 'text/yaml-object',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this YAML file runs a function',
  source: 'https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation',
  taxonomy: ['CWE-502', 'AML.T0011.000', 'CVE-2020-14343', 'CVE-2021-37678'],
  why: 'A !!python/object/apply or /new tag has PyYAML call any function of Python with arguments of the file; !new: and !apply: do the same for HyperPyYAML.',
  remedy: 'Load YAML with safe_load only, and do not load this file.',
  examples: {
    fires: [
      example('a.yaml', "a: !!python/object/apply:os.system ['id']\n"),
      example('a.yaml', "a: !<tag:yaml.org,2002:python/object/new:subprocess.Popen> [['id']]\n"),
      example('a.yaml', "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ['id']\n"),
      example('hyperparams.yaml', 'x: !apply:os.system\n  command: id\n'),
      example('a.yaml', "a: 1\n---\nb:\n  - !!python/object/apply:builtins.eval ['1']\n"),
    ],
    silent: ORDINARY_TAGS,
  },
  check: (subject) => configWith(subject, 'active-tag'),
}
