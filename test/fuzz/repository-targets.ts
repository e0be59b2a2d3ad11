import { assessFile, assessRepository } from '../../src/assessors/model/index.ts'
import { readNotebook } from '../../src/formats/notebook/index.ts'
import { readPython } from '../../src/formats/python/index.ts'
import { readOtherRequirements, readRequirements } from '../../src/formats/requirements/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import type { Random } from './mutate.ts'

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

async function fuzzPython(bytes: Uint8Array): Promise<void> {
  await readPython(latin1(bytes))
  await assessFile(bytes.length % 2 === 0 ? 'modeling_a.py' : 'app.py', sourceOfBytes(bytes))
}

async function fuzzNotebook(bytes: Uint8Array): Promise<void> {
  const text = latin1(bytes)
  readRequirements(text)
  readOtherRequirements(text, text.length % 2 === 0 ? 'a.yml' : 'a.toml')
  readNotebook(safeJson(text) ?? { nbformat: 4, cells: [{ cell_type: 'code', source: text }] })
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Files that a repository may have; each gets a piece of the input. */
const NAMES = [
  'config.json',
  'model_index.json',
  'modules.json',
  'modeling_a.py',
  'kit.py',
  'a.pyc',
  'MLmodel',
  '.git/config',
  'm.index.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'README.md',
  'bentofile.yaml',
  'model-settings.json',
  'm.onnx',
  'm.xml',
  'm.bin',
]

async function fuzzRepository(bytes: Uint8Array): Promise<void> {
  const pieces = new Map(
    NAMES.map((name, i) => [name, bytes.subarray(bytes.length % (i + 2)) as Uint8Array] as const),
  )
  await assessRepository({
    files: [...pieces].map(([name, piece]) => ({ name, sizeBytes: piece.length })),
    withFile: (name, use) => use(sourceOfBytes(pieces.get(name) ?? new Uint8Array(0))),
  })
}

/** Texts that servers, tokenizers and tools read, by name. */
const TEXTS = [
  'tokenizer.json',
  'config.pbtxt',
  'model-settings.json',
  'adapter_config.json',
  'package.json',
  'MLproject',
]

async function fuzzText(bytes: Uint8Array): Promise<void> {
  await assessFile(TEXTS[bytes.length % TEXTS.length] ?? '', sourceOfBytes(bytes))
}

/** Words of Python that mean something here, in any order. */
const WORDS = [
  'import os',
  '\n',
  '\n  ',
  'def f(x=',
  '):',
  'class A(',
  'exec(',
  'eval(',
  ')',
  '(',
  '[',
  ']',
  '{',
  '}',
  "'a'",
  '"b"',
  "f'{x}'",
  '+',
  '%',
  '*',
  ':',
  '=',
  ':=',
  'lambda x: ',
  'x',
  'f',
  'A',
  '.',
  'getattr(',
  ',',
  '__import__(',
  "'os'",
  'for x in ',
  'if ',
  'else ',
  ' if ',
  'range(99)',
  "''.join(",
  'chr(',
  'yield',
  'with ',
  ' as ',
  'try:\n  ',
  'except E:\n  ',
  '@',
  'match x:\n case ',
  'return ',
  'global x\n',
  'super()',
  '.__class__',
  '**',
  '1',
  '-1',
  '[::-1]',
  'await ',
  'b"x"',
  'r"""',
  '"""',
  '\\',
  '#',
  'x.append(',
  'map(',
  'self',
  '    ',
  'while 1: ',
]

function pythonSoup(_seed: Uint8Array, random: Random): Uint8Array {
  let text = ''
  for (let i = random(60); i >= 0; i--) text += WORDS[random(WORDS.length)]
  return Buffer.from(text)
}

/** Parsers of code and of what names it. */
export const REPOSITORY_TARGETS = (seedsOf: (...endings: string[]) => readonly Uint8Array[]) => [
  { name: 'python', seeds: seedsOf('.py'), run: fuzzPython },
  { name: 'python-soup', seeds: [new Uint8Array(0)], run: fuzzPython, change: pythonSoup },
  { name: 'notebook', seeds: seedsOf('.ipynb', '.txt', '.toml'), run: fuzzNotebook },
  {
    name: 'served-text',
    seeds: seedsOf('tokenizer.json', '.pbtxt', '-settings.json', 'adapter_config.json', 'MLproject'),
    run: fuzzText,
  },
  { name: 'repository', seeds: seedsOf('.json', '.py', 'MLmodel', 'config'), run: fuzzRepository },
]
