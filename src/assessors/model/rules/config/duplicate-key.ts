import { example, type ModelRule } from '../../rule.ts'
import { configWith } from './config-check.ts'

export const duplicateKey: ModelRule = {
  id: 'config/duplicate-key',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A key that decides what is loaded stands twice',
  source: 'https://www.rfc-editor.org/rfc/rfc8259#section-4',
  taxonomy: ['CWE-436', 'CWE-694'],
  why: 'Readers of JSON take the first or the last of two values. What a check saw is then not what a loader runs.',
  remedy: 'Remove one of the two, and find out who wrote both.',
  examples: {
    fires: [example('config.json', '{"auto_map": {"AutoModel": "a.B"}, "auto_map": {"AutoModel": "b.C"}}')],
    silent: [
      example(
        'config.json',
        '{"a": {"auto_map": 1}, "b": {"auto_map": 2}, "id2label": {"0": "x", "0": "y"}}',
      ),
      example('config.json', '{"target": "config", "x": ["target", "target"], "y": "\\"target\\":"}'),
    ],
  },
  check: (subject) => configWith(subject, 'duplicate'),
}
