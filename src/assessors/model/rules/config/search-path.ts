import { example, type ModelRule } from '../../rule.ts'
import { ORDINARY_CONFIGS } from './active-target.ts'
import { configWith } from './config-check.ts'

export const searchPath: ModelRule = {
  id: 'config/search-path',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration leads the loader to other configurations',
  source: 'https://hydra.cc/docs/advanced/search_path/',
  taxonomy: ['CWE-426', 'CWE-610'],
  why: 'What is found on the search path is merged into the configuration and may name code of its own.',
  remedy: 'Look at what lies there, or take the entry out.',
  examples: {
    fires: [example('config.yaml', 'hydra:\n  searchpath:\n    - file:///tmp/conf\n')],
    silent: [
      ...ORDINARY_CONFIGS,
      example('config.yaml', 'hydra:\n  searchpath:\n    - pkg://nemo.conf\n    - conf\n'),
    ],
  },
  check: (subject) => configWith(subject, 'search-path'),
}
