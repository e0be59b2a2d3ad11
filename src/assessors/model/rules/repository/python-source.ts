import { example, type ModelRule } from '../../rule.ts'

/** Acts named in the note. */
const MAX_NAMED = 5

export const pythonSource: ModelRule = {
  id: 'repository/python-source',
  severity: 'info',
  verdict: 'clean',
  title: 'The artifact brings Python code',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'Loaders run Python files of a model when they are told to trust remote code. This one was read by its syntax tree, and nothing was found that acts by itself.',
  remedy: 'Nothing to do; whoever loads it with trust_remote_code runs it.',
  examples: {
    fires: [example('modeling_acme.py', 'import torch\n\nclass Acme(torch.nn.Module):\n    pass\n')],
    silent: [example('README.md', '# How to use\n\n    import torch\n')],
  },
  check: (subject) => {
    if (subject.kind !== 'python' || subject.role === 'notebook') return []
    if (subject.acts.some(({ level }) => level !== 'note')) return []
    const named = subject.acts.slice(0, MAX_NAMED).map(({ message }) => message)
    const message = ['Python that a loader may run', ...named].join('; ')
    return [{ key: 'python', message }]
  },
}
