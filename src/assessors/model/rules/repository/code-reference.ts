import { example, type ModelRule } from '../../rule.ts'

export const codeReference: ModelRule = {
  id: 'repository/code-reference',
  severity: 'info',
  verdict: 'clean',
  title: 'The configuration names code to run',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'A loader that is told to trust remote code runs what is named here. Whether that code is here and what it does is judged with the files beside it.',
  remedy: 'Scan the folder as a whole, so that the code is read too.',
  examples: {
    fires: [
      example('config.json', '{"auto_map": {"AutoModel": "modeling_acme.Acme"}}'),
      example('config.json', '{"trust_remote_code": true}'),
    ],
    silent: [example('config.json', '{"model_type": "bert", "note": "no auto_map here"}')],
  },
  check: (subject) => {
    if (
      subject.kind !== 'text' ||
      subject.format !== 'json' ||
      /\.ipynb$|tokenizer\.json$/.test(subject.name)
    )
      return []
    const found = /"auto_map"\s{0,20}:\s{0,20}\{[^}]{0,400}\}?|"trust_remote_code"\s{0,20}:\s{0,20}true/.exec(
      subject.text,
    )
    return found === null ? [] : [{ key: 'code', message: `names code: ${found[0]}`, offset: found.index }]
  },
}
