import { example, type ModelRule } from '../../rule.ts'

export const pythonSource: ModelRule = {
  id: 'repository/python-source',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The artifact brings Python code',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-94', 'CWE-829', 'AML.T0011.000'],
  why: 'Loaders run Python files of a model when they are told to trust remote code. The code was not analysed here.',
  remedy: 'Read the code, or load the model without trust_remote_code.',
  examples: {
    fires: [example('modeling_acme.py', 'import torch\n\nclass Acme(torch.nn.Module):\n    pass\n')],
    silent: [example('README.md', '# How to use\n\n    import torch\n')],
  },
  check: (subject) =>
    subject.kind === 'text' && subject.format === 'python'
      ? [{ key: 'python', message: 'a Python file that a loader may run' }]
      : [],
}
