import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPython } from './index.ts'

const callsOf = async (text: string, phase = 'import') =>
  (await readPython(text)).events
    .filter((event) => event.phase === phase)
    .map(
      ({ callee, args }) =>
        `${callee}(${args.map((arg) => ('value' in arg ? String(arg.value) : arg.kind)).join(', ')})`,
    )

/** However a name is reached, the call is told as Python would import it. */
test.for([
  ['alias of from-import', "from os import system as s\ns('id')", 'os.system(id)'],
  ['alias of a module', "import subprocess as sp\nsp.run('id')", 'subprocess.run(id)'],
  ['star import', "from os import *\nsystem('id')", 'os.system(id)'],
  ['__import__ of a sum', "__import__('o' + 's').system('id')", 'os.system(id)'],
  ['import_module', "import importlib\nimportlib.import_module('os').popen('id')", 'os.popen(id)'],
  ['getattr of a folded name', "import os\ngetattr(os, 'metsys'[::-1])('id')", 'os.system(id)'],
  ['through another module', "import random\nrandom._os.system('id')", 'random._os.system(id)'],
  ['sys.modules', "import sys\nsys.modules['os'].system('id')", 'os.system(id)'],
  ['__dict__', "import os\nos.__dict__['system']('id')", 'os.system(id)'],
  ['builtins.__dict__', "__builtins__.__dict__['eval']('1')", 'eval(1)'],
  ['globals()', "def f(c):\n  __import__('os').system(c)\nglobals()['f']('id')", 'os.system(id)'],
  ['chr and join', "__import__(''.join(chr(c) for c in [111, 115])).system('id')", 'os.system(id)'],
  ['map(chr)', "__import__(''.join(map(chr, [111, 115]))).system('id')", 'os.system(id)'],
  ['percent', "__import__('%s%s' % ('o', 's')).system('id')", 'os.system(id)'],
  ['format', "__import__('{}{b}'.format('o', b='s')).system('id')", 'os.system(id)'],
  ['f-string', "a = 'o'\n__import__(f'{a}s').system('id')", 'os.system(id)'],
  ['bytes.fromhex', "__import__(bytes.fromhex('6f73').decode()).system('id')", 'os.system(id)'],
  ['base64', "import base64\n__import__(base64.b64decode('b3M=').decode()).system('id')", 'os.system(id)'],
  ['rot13', "import codecs\n__import__(codecs.decode('bf', 'rot13')).system('id')", 'os.system(id)'],
  [
    'loop that builds a text',
    "s = ''\nfor c in 'pt':\n  s += chr(ord(c) - 1)\n__import__(s).system('id')",
    'os.system(id)',
  ],
  [
    'list.append',
    "p = []\np.append('o')\np.append('s')\n__import__(''.join(p)).system('id')",
    'os.system(id)',
  ],
  [
    'a sum of 600 characters',
    `exec(${Array.from(`import os;os.system('id')#${'x'.repeat(600)}`, (c) => `chr(${c.charCodeAt(0)})`).join('+')})`,
    'os.system(id)',
  ],
  ['text given to exec', `exec("import os\\nos.system('id')")`, 'os.system(id)'],
  ['compile', `eval(compile("__import__('os').system('id')", '', 'eval'))`, 'os.system(id)'],
  ['exec in exec', `exec("exec('import os;os.system(1)')")`, 'os.system(1)'],
  ['full-width name', "ｅｘｅｃ('import os;os.system(1)')", 'os.system(1)'],
  ['lambda', "(lambda f: f('id'))(__import__('os').system)", 'os.system(id)'],
  ['partial', "import os\nfrom functools import partial\npartial(os.system, 'id')()", 'os.system(id)'],
  ['methodcaller', "import operator, os\noperator.methodcaller('system', 'id')(os)", 'os.system(id)'],
  ['attrgetter', "import operator, os\noperator.attrgetter('system')(os)('id')", 'os.system(id)'],
  ['map', "import os\nlist(map(os.system, ['id']))", 'os.system(id)'],
  ['atexit', "import atexit, os\natexit.register(os.system, 'id')", 'os.system(id)'],
  [
    'thread',
    "import os, threading\nthreading.Thread(target=os.system, args=('id',)).start()",
    'os.system(id)',
  ],
  ['decorator', 'import os\n@os.system\ndef f(): pass', 'os.system(function)'],
  ['default argument', "def f(x=__import__('os').system('id')): pass", 'os.system(id)'],
  ['class body', "import os\nclass A:\n  os.system('id')", 'os.system(id)'],
  [
    'metaclass',
    "import os\nclass M(type):\n  def __new__(m, *a):\n    os.system('id')\nclass A(metaclass=M): pass",
    'os.system(id)',
  ],
  [
    '__init_subclass__',
    "import os\nclass B:\n  def __init_subclass__(cls):\n    os.system('id')\nclass A(B): pass",
    'os.system(id)',
  ],
  ['__del__', "import os\nclass A:\n  def __del__(self):\n    os.system('id')\nA()", 'os.system(id)'],
  [
    'inherited constructor',
    "import subprocess\nclass A(subprocess.Popen): pass\nA('id')",
    'subprocess.Popen(id)',
  ],
  [
    'in try and with',
    "import os\ntry:\n  with open('x') as f:\n    os.system('id')\nexcept E: pass",
    'os.system(id)',
  ],
  ['either of two', "import os\nif x:\n  f = os.system\nelse:\n  f = print\nf('id')", 'os.system(id)'],
  ['overwritten attribute', "import json, os\njson.loads = os.system\njson.loads('id')", 'os.system(id)'],
  ['match', "import os\nmatch x:\n  case 1:\n    os.system('id')", 'os.system(id)'],
  ['walrus', "import os\nif (f := os.system):\n  f('id')", 'os.system(id)'],
  ['byte order mark', "\ufeffimport os\nos.system('id')", 'os.system(id)'],
  ['Windows lines', "import os\r\nif x:\r\n  os.system('id')\r\n", 'os.system(id)'],
] as const)('a call is found: %s', async ([, text, call]) => {
  expect(await callsOf(text)).toContain(call)
})

test.for([
  ['a function nobody calls', "import os\ndef f():\n  os.system('id')", 'later', 'f'],
  ['the main block', "import os\nif __name__ == '__main__':\n  os.system('id')", 'main', ''],
  [
    'the else of the main block',
    "import os\nif __name__ == '__main__':\n  pass\nelse:\n  os.system('id')",
    'import',
    '',
  ],
  [
    'a main block that is made true',
    "import os\n__name__ = '__main__'\nif __name__ == '__main__':\n  os.system('id')",
    'import',
    '',
  ],
  ['called on import', "import os\ndef f():\n  os.system('id')\nf()", 'import', ''],
  [
    'method of a class',
    "import os\nclass A:\n  def forward(self):\n    os.system('id')",
    'later',
    'A.forward',
  ],
  [
    'called by a method',
    "import os\ndef g(): os.system('id')\nclass A:\n  def forward(self): g()",
    'later',
    'A.forward',
  ],
] as const)('it is told when it happens: %s', async ([, text, phase, root]) => {
  const { events } = await readPython(text)
  const found = events.filter(({ callee }) => callee === 'os.system')
  expect(found.map((event) => [event.phase, event.root])).toContainEqual([phase, root])
  if (phase !== 'import') expect(found.some((event) => event.phase === 'import')).toBe(false)
})

test('where a value came from is kept', async () => {
  const { events } = await readPython('import requests\nexec(requests.get(u).text)')
  const exec = events.find(({ callee }) => callee === 'exec')
  expect(exec?.args[0]?.from).toContain('requests.get')
})

test('imports and definitions are listed', async () => {
  const { imports, definitions } = await readPython(
    'from .kit import run as r\nimport torch.nn\nclass A: pass\ndef f(): pass',
  )
  expect(imports.map(({ module, name }) => [module, name])).toEqual([
    ['.kit', 'run'],
    ['torch.nn', undefined],
  ])
  expect(definitions).toEqual(['A', 'f'])
})

test.for([
  ['brackets', '('.repeat(50_000)],
  ['closed brackets', '('.repeat(20_000) + ')'.repeat(20_000)],
  ['calls', 'f('.repeat(50_000)],
  ['attributes', `a${'.b'.repeat(60_000)}`],
  ['a long sum', `x=${"'a'+".repeat(50_000)}'b'`],
  ['blocks', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}if x:`).join('\n')],
  ['open strings', "'".repeat(100_000)],
  ['functions that call each other', 'def a():\n b();b()\ndef b():\n a();a()\na()\n'.repeat(500)],
  ['loops in loops', 'for a in range(2000):\n for b in range(2000):\n  for c in range(2000):\n   x=a+b\n'],
  ['a text that doubles', `s='a'\n${'s=s+s\n'.repeat(60)}exec(s)\n`],
  ['exec of itself', "s='exec(s)'\nexec(s)\n"],
  ['a huge repetition', "x='a'*10**12\ny=[0]*10**9\nz='%99999999d'%1\n1<<10**9\n"],
] as const)('hostile text ends soon and without a throw: %s', { timeout: 30_000 }, async ([, text]) => {
  await expect(readPython(text)).resolves.toBeDefined()
})

test('any text is read without a throw', async () => {
  const word = fc.constantFrom(
    'import os\n',
    'def f(',
    'x',
    '):\n ',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    'lambda ',
    '=',
    '.',
    ',',
    'class A',
    'for x in ',
    'if ',
    '\n',
    '  ',
    'f"{',
    '}',
    '+',
    '\\',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 80 }).map((all) => all.join('')),
      ),
      async (text) => {
        await readPython(text)
      },
    ),
    { numRuns: 500 },
  )
})
