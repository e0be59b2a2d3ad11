import type { ModelRule } from '../../rule.ts'
import { example } from '../../rule.ts'
import { withFiles } from './beside.ts'

export const reachedCode: ModelRule = {
  id: 'repository/reached-code',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A loader reaches this code through another file',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'CWE-506', 'AML.T0011.000'],
  why: 'By itself the function waits for a call; another file of the repository makes that call on import or where a loader reaches it.',
  remedy: 'Read both files, or load the model without its code.',
  examples: {
    fires: [
      withFiles(example('modeling_acme.py', 'from .acme_kit import prepare\n\nprepare()\n'), [
        'acme_kit.py',
        'import subprocess\n\ndef prepare():\n    subprocess.run(["acme-tool", "--now"])\n',
      ]),
    ],
    silent: [
      withFiles(example('modeling_acme.py', 'from .acme_kit import prepare\n'), [
        'acme_kit.py',
        'import subprocess\n\ndef prepare():\n    subprocess.run(["acme-tool", "--now"])\n',
      ]),
    ],
  },
  check: (subject) =>
    subject.kind !== 'repository'
      ? []
      : [...subject.python].flatMap(([path, { reached }]) =>
          reached.map(({ message, event }) => ({
            path,
            key: `${event.callee} ${event.within}`,
            message,
            offset: event.offset,
            call: event.source,
          })),
        ),
}
