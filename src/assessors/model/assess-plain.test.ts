import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeRandom, mutate } from '../../../test/fuzz/mutate.ts'
import { pickleSoup } from '../../../test/fuzz/pickle-soup.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { assessPlain } from './assess-plain.ts'
import { MODEL_RULES } from './rules.ts'

const bytesOf = (latin1: string): Uint8Array => Buffer.from(latin1, 'latin1')
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`
const named = (module: string, name: string): string => `${short(module)}\x94${short(name)}\x94\x93\x94`
const framed = (body: string): string => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(body.length))
  return `\x80\x04\x95${length.toString('latin1')}${body}`
}

const DTYPE = `${named('numpy', 'dtype')}${short('f8')}\x89\x88\x87R\x94(K\x03${short('<')}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t\x94b`
const ARRAY =
  `${named('numpy.core.multiarray', '_reconstruct')}${named('numpy', 'ndarray')}K\x00\x85\x94C\x01b\x94\x87\x94R\x94(K\x01K\x01\x85\x94${DTYPE}\x89C\x080123456789`
    .slice(0, -2)
    .concat('\x94t\x94b')
const FLOATS = 'G\x3f\xf0\0\0\0\0\0\0'.repeat(40)

/** Streams that only make values. */
const PLAIN: readonly (readonly [string, string])[] = [
  [
    'a dict of settings',
    '\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x01\x00\x00\x00xX\x02\x00\x00\x00noN\x89K\x01u.',
  ],
  ['a list of floats in a frame', framed(`]\x94(${FLOATS}e.`)],
  [
    'sets, tuples and large numbers',
    '\x80\x04]\x8f\x94(K\x01M\x01\x02J\x00\x00\x00\x80\x8a\x02\xff\x7f\x90}\x94(K\x01)N\x85h\x00\x86)NN\x87ua.',
  ],
  [
    'an estimator',
    framed(
      `${named('sklearn.linear_model._base', 'LinearRegression')})\x81\x94}\x94(${short('coef_')}${ARRAY}ub.`,
    ),
  ],
  ['an OrderedDict, filled', '\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(K\x01K\x02u.'],
  ['a name of Python 2', '\x80\x02c__builtin__\nset\nq\x00]q\x01K\x01a\x85q\x02Rq\x03.'],
  [
    'a tree that is made anew',
    framed(
      `${named('sklearn.neighbors._kd_tree', 'newObj')}${named('sklearn.neighbors._kd_tree', 'KDTree')}\x85\x94R\x94(K\x01Nt\x94b.`,
    ),
  ],
  [
    'an object made anew as protocol 2 does',
    '\x80\x02ccopy_reg\n_reconstructor\nq\x00csklearn.svm._classes\nSVC\nq\x01c__builtin__\nobject\nq\x02N\x87q\x03Rq\x04}q\x05b.',
  ],
  ['a function that is kept', `\x80\x04}${short('pooling')}${named('numpy', 'mean')}s.`],
  ['a class that is kept', `\x80\x04}${short('kind')}${named('numpy', 'float64')}s.`],
]

/** Streams, and names, of which there is more to say: each differs from a plain one in one respect. */
const MORE: readonly (readonly [string, string, string?])[] = [
  ['an unknown import', '\x80\x02cacme.nets\nBlock\n)R.'],
  ['an active call', '\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.'],
  ['a call that is followed', '\x80\x02cbuiltins\ngetattr\ncbuiltins\nobject\nX\x01\x00\x00\x00a\x86R.'],
  ['a class that is called', '\x80\x02cultralytics.nn.tasks\nDetectionModel\nX\x05\x00\x00\x00a.cfg\x85R.'],
  ['a kept function that is called', `\x80\x04${named('numpy', 'mean')}K\x01\x85R.`],
  [
    'a kept function that is made anew',
    `\x80\x04${named('sklearn.neighbors._kd_tree', 'newObj')}${named('numpy', 'mean')}\x85R.`,
  ],
  [
    'what is made anew and is no class',
    `\x80\x04${named('sklearn.neighbors._kd_tree', 'newObj')}K\x01\x85R.`,
  ],
  ['a function that changes', `\x80\x04${named('numpy', 'mean')}}b.`],
  [
    'a template that is run',
    `\x80\x04${named('scipy.stats._distn_infrastructure', 'rv_frozen')})\x81}${short('_parse_arg_template')}${short('import os')}sb.`,
  ],
  [
    'a class that is changed',
    `\x80\x04${named('sklearn.linear_model._base', 'LinearRegression')})\x81}N}${short('__class__')}Ks\x86b.`,
  ],
  ['a pickle in bytes', '\x80\x04C\x12\x80\x02cos\nsystem\n)R.....'],
  ['a pickle in a text', `\x80\x04]${short('gASVAAAAAAAAAAAAAAAA')}a.`],
  ['bytes behind the end', '\x80\x04}.}'],
  ['no end', '\x80\x04}'],
  ['a frame that an opcode crosses', '\x80\x04\x95\x02\0\0\0\0\0\0\0]K\x01a.'],
  ['a frame that is too long', '\x80\x04\x95\x7f\0\0\0\0\0\0\0].'],
  ['a memo that was never written', '\x80\x04]h\x07a.'],
  ['a stack that is empty', '\x80\x04]aa.'],
  ['an odd dict', '\x80\x04}(K\x01u.'],
  ['a persistent id', '\x80\x04K\x01Q.'],
  ['a tuple that may be bytecode', '\x80\x04K\x01N\x86.'],
  ['a picture by its name', '\x80\x04}.', 'cat.png'],
  ['a start file by its name', '\x80\x04}.', 'run.lnk'],
  ['a blob by its name', '\x80\x04}.', `blobs/sha256/${'0'.repeat(64)}`],
  ['an archive at the end', `\x80\x04C\x16PK\x05\x06${'\0'.repeat(18)}.`],
  ['a head that another format has', '\x80\x04\x0d\x0a.', 'a.pyc'],
]

async function inFull(name: string, bytes: Uint8Array) {
  return assessFile(name, sourceOfBytes(bytes))
}

test.for(PLAIN)('%s is known at once, as a full look knows it', async ([, latin1]) => {
  const bytes = bytesOf(latin1)
  expect(assessPlain('a.pkl', bytes)).toEqual(await inFull('a.pkl', bytes))
  expect(assessPlain('a.pkl', bytes)?.verdict).toBe('clean')
})

test.for(MORE)('%s takes a full look', ([, latin1, name = 'a.pkl']) => {
  expect(assessPlain(name, bytesOf(latin1))).toBeUndefined()
})

test('more names than the machine keeps are for the machine', () => {
  const names = Array.from({ length: 2100 }, (_, i) => `cnumpy\nC${i}\n`).join('')
  expect(assessPlain('a.pkl', bytesOf(`\x80\x02](${names}e.`))).toBeUndefined()
})

test('of no example of a rule it says anything but what a full look says', async () => {
  const examples = MODEL_RULES.flatMap(({ examples: { fires, silent } }) => [...fires, ...silent])
  for (const { name, bytes } of examples) {
    const said = assessPlain(name, bytes)
    if (said !== undefined) expect(said, name).toEqual(await inFull(name, bytes))
  }
})

test('whatever it says of changed and random streams is what a full look says', {
  timeout: 120_000,
}, async () => {
  const real = ['iris-pipeline.pkl', 'house-made-encoder.pkl'].map((name) =>
    readFileSync(new URL(`../../../examples/models/${name}`, import.meta.url)),
  )
  const examples = MODEL_RULES.flatMap(({ examples: { fires, silent } }) => [...fires, ...silent])
    .map(({ bytes }) => bytes)
    .filter((bytes) => bytes[0] === 0x80 && bytes.length < 4096)
  const seeds = [...[...PLAIN, ...MORE].map(([, latin1]) => bytesOf(latin1)), ...real, ...examples]
  const random = makeRandom(14)
  let known = 0
  for (let i = 0; i < 60_000; i++) {
    const seed = seeds[i % seeds.length]
    const bytes = i % 4 === 0 || seed === undefined ? pickleSoup(random) : mutate(seed, random)
    const said = assessPlain('a.pkl', bytes)
    if (said === undefined) continue
    known += 1
    expect(said, Buffer.from(bytes).toString('hex')).toEqual(await inFull('a.pkl', bytes))
  }
  expect(known).toBeGreaterThan(500)
})
