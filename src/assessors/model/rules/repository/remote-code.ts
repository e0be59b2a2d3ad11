import { example, type ModelRule } from '../../rule.ts'

export const remoteCode: ModelRule = {
  id: 'repository/remote-code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration points at code to run',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'auto_map names Python classes of this or of another repository that a loader fetches and runs when it is told to trust remote code.',
  remedy: 'Load the model without trust_remote_code, or read the code it names and pin its revision.',
  examples: {
    fires: [example('config.json', '{"auto_map": {"AutoModel": "acme/other--modeling.Acme"}}')],
    silent: [example('config.json', '{"model_type": "bert", "note": "no auto_map here"}')],
  },
  check: (subject) => {
    if (subject.kind !== 'text' || subject.format !== 'json') return []
    const found = /"auto_map"\s*:\s*\{[^}]{0,400}\}?/.exec(subject.text)
    return found === null
      ? []
      : [{ key: 'auto_map', message: `names code: ${found[0]}`, offset: found.index }]
  },
}
