import { example, type ModelRule } from '../../rule.ts'
import { configWith } from './config-check.ts'

/** Interpolations stand as `$<…>` here, so that nobody takes them for those of this language. */
export const yaml = (text: string) => example('model_config.yaml', text.replace(/\$<([^>]*)>/g, '$\u007b$1}'))
const json = (value: unknown) => example('config.json', JSON.stringify(value))

/** Configurations that name code as published ones do. */
export const ORDINARY_CONFIGS = [
  yaml(
    'model:\n  _target_: torch.nn.Linear\n  in_features: 4\noptimizer:\n  _target_: torch.optim.AdamW\n  _partial_: true\n  lr: $<oc.env:LR,0.001>\ntokenizer:\n  _target_: nemo.collections.common.tokenizers.SentencePieceTokenizer\nout: $<hydra:runtime.output_dir>\n',
  ),
  yaml(
    'model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params:\n    first_stage_config:\n      target: ldm.models.autoencoder.AutoencoderKL\n      params: {embed_dim: 4}\n    loss:\n      target: torch.nn.Identity\n',
  ),
  yaml(
    'trainer:\n  callbacks:\n    - class_path: lightning.pytorch.callbacks.EarlyStopping\n      init_args: {monitor: val}\n',
  ),
  yaml('defaults: &d\n  a: 1\nb:\n  <<: *d\n---\nlist: [1, 2]\n--- \nname: !!python/tuple [1, 2]\n'),
  json({
    architectures: ['BertModel'],
    model_type: 'bert',
    torch_dtype: 'float32',
    type: 'mlp',
    func: 'gelu_new',
  }),
  json({
    pipeline: { type: 'function', module: 'a', class: 'os' },
    target: 'label',
    class_path: 'torch.nn.ReLU',
  }),
  yaml('name: env\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - pip:\n      - torch\n'),
  yaml(
    'Transform: AWS::Serverless\nBucket: !Sub "$<AWS::StackName>"\nKey: !Ref Key\nInner: !include other.yaml\nSecret: !vault abc\n',
  ),
]

export const activeTarget: ModelRule = {
  id: 'config/active-target',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The configuration has the loader call a function that acts',
  source: 'https://unit42.paloaltonetworks.com/rce-vulnerabilities-in-ai-python-libraries/',
  taxonomy: ['CWE-94', 'CWE-502', 'CVE-2025-23304', 'AML.T0011.000'],
  why: 'Hydra, NeMo, Lightning and others import whatever the configuration of a model names and call it with arguments from the same file. Nothing but the name decides whether a layer is made or a program started.',
  remedy: 'Do not load this model. If it is yours, name only classes of the framework.',
  examples: {
    fires: [
      example('2_Dense/config.json', '{"in_features": 4, "activation_function": "os.abort"}'),
      yaml("model:\n  encoder:\n    _target_: os.system\n    command: 'id'\n"),
      json({ model: { _target_: 'builtins.exec', _args_: ['print(1)'] } }),
      json({ a: [{ class_path: 'subprocess.Popen', init_args: { args: ['id'] } }] }),
      yaml('model:\n  target: os.system\n  params:\n    command: id\n'),
      yaml('m: os\nf: system\nx:\n  _target_: $<m>.$<f>\n'),
      yaml('x:\n  _target_: numpy.f2py.os.system\n  command: id\n'),
      yaml('x:\n  _target_: hydra.utils.get_method\n  path: os.system\n'),
      yaml('a: 1\n---\nx: {_target_: "subprocess:run", args: [id]}\n'),
      json({ handler: { type: 'os.system', command: 'id' } }),
      json({ model: { 'py/reduce': [{ 'py/function': 'os.system' }, { 'py/tuple': ['id'] }] } }),
      json({ a: { 'py/repr': "os/os.system('id')" } }),
      yaml('x: $<eval:\'__import__("os").system("id")\'>\n'),
    ],
    silent: ORDINARY_CONFIGS,
  },
  check: (subject) => configWith(subject, 'active-callee', 'evaluation'),
}
