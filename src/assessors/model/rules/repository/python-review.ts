import { example, type ModelRule } from '../../rule.ts'
import { actsOf, MODULE } from './python-acts.ts'

export const pythonReview: ModelRule = {
  id: 'repository/python-review',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'This Python file does what model code seldom does',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'It starts programs, unpickles on import, writes files or sends data where a loader reaches it. That may be meant well, but a person must look.',
  remedy: 'Read the call, or load the model without its code.',
  examples: {
    fires: [
      example(
        'modeling_acme.py',
        `${MODULE}    def forward(self, x):\n        import subprocess\n        subprocess.run(['acme-accelerator', '--on'])\n`,
      ),
      example('configuration_acme.py', "open('/tmp/acme.log', 'w').write('x')\n"),
    ],
    silent: [
      example(
        'tokenization_acme.py',
        'class T:\n    def save_vocabulary(self, path):\n        with open(path, "w") as f:\n            f.write("x")\n',
      ),
    ],
  },
  check: (subject) => actsOf(subject, 'suspicious', ['hidden', 'import', 'loader', 'other']),
}
