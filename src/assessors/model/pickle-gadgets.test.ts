import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { bytesOf, call, dict, imported, list, stream, text, tuple } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'

const scan = (latin1: string) => assessFile('model.bin', sourceOfBytes(bytesOf(latin1)))
const rulesOf = async (latin1: string) =>
  (await scan(latin1)).findings.filter(({ verdict }) => verdict !== 'clean').map(({ ruleId }) => ruleId)
const COMMAND = text('echo sallyport')
/** os.system, found by a function that pickles of scipy may call. */
const FOUND = call(
  imported('scipy._lib._uarray._backend', 'unpickle_function'),
  text('os'),
  text('system'),
  'N',
)
const PARTIAL = call(imported('functools', 'partial'), FOUND, COMMAND)
const int = (value: number | bigint) => `I${value}\n`
const named = (module: string, name: string, ...args: readonly string[]) =>
  call(imported(module, name), ...args)

test.for([
  ['scipy finds it, and it is called', call(FOUND, COMMAND)],
  [
    'numpy finds it for map',
    named(
      'builtins',
      'map',
      named('numpy.core', '_ufunc_reconstruct', text('os'), text('system')),
      list(COMMAND),
    ),
  ],
  [
    'dill takes it for a named tuple',
    named(
      'builtins',
      'map',
      named('dill._dill', '_create_namedtuple', text('system'), list(), text('os')),
      list(COMMAND),
    ),
  ],
  ['the key of heapq.nlargest', named('heapq', 'nlargest', int(1), list(COMMAND), FOUND)],
  ['the key of itertools.groupby', named('itertools', 'groupby', list(COMMAND), FOUND)],
  [
    'the junk of difflib.SequenceMatcher',
    named('difflib', 'SequenceMatcher', FOUND, text(''), list(COMMAND)),
  ],
  [
    'the missing member of a defaultdict',
    named('operator', 'getitem', named('collections', 'defaultdict', PARTIAL), text('x')),
  ],
  ['the callback of a weak reference', named('weakref', 'ref', named('collections', 'UserDict'), PARTIAL)],
  ['cmp_to_key', named('functools', 'cmp_to_key', FOUND)],
  ['uu writes a file', named('uu', 'encode', text('a'), text('b'))],
  ['base64.main reads a file', named('base64', 'main')],
] as const)('%s: malicious', async ([, made]) => {
  expect((await scan(stream(made))).verdict).toBe('malicious')
})

test.for([
  [
    'an unknown module is imported by name',
    'pickle/unknown-import',
    named('numpy.core', '_ufunc_reconstruct', text('acme'), text('x')),
  ],
  [
    'a state is set on a class for all',
    'pickle/changed-import',
    named(
      'torch._utils',
      '_set_obj_state',
      imported('collections', 'UserDict'),
      dict({ __setstate__: imported('builtins', 'print') }),
    ),
  ],
  [
    'a file is opened by making an object',
    'pickle/called-class',
    `${imported('numpy', 'memmap')}${tuple(text('x'), text('u1'), text('w+'))}\x81`,
  ],
  [
    'the same by copyreg',
    'pickle/called-class',
    named('copyreg', '__newobj__', imported('pyarrow.lib', 'OSFile'), text('x'), text('w')),
  ],
  [
    'a reader of a known package is called',
    'pickle/called-class',
    named('gensim.corpora.opinosiscorpus', 'OpinosisCorpus', text('/etc')),
  ],
  [
    'a count without end',
    'pickle/exhausting-call',
    named('collections', 'deque', named('itertools', 'count')),
  ],
  ['bytes that are repeated', 'pickle/exhausting-call', named('operator', 'mul', text('a'), int(2n ** 40n))],
  [
    'an array of nothing',
    'pickle/exhausting-call',
    named('numpy', 'zeros', tuple(int(2 ** 20), int(2 ** 20))),
  ],
  [
    'a product of ranges',
    'pickle/exhausting-call',
    named(
      'builtins',
      'list',
      named(
        'itertools',
        'product',
        named('builtins', 'range', int(1e6)),
        named('builtins', 'range', int(1e6)),
      ),
    ),
  ],
  ['a number of many digits', 'pickle/exhausting-call', named('operator', 'lshift', int(1), int(2n ** 40n))],
  ['a wide format', 'pickle/exhausting-call', named('builtins', 'format', int(1), text('999999999999d'))],
] as const)('%s: %s', async ([, rule, made]) => {
  expect(await rulesOf(stream(made))).toContain(rule)
})

test.for([
  [
    'a ufunc of numpy',
    named('numpy.core', '_ufunc_reconstruct', text('numpy.core._multiarray_umath'), text('add')),
  ],
  ['a weak reference without a callback', named('weakref', 'ref', named('collections', 'UserDict'))],
  ['a defaultdict of lists', named('collections', 'defaultdict', imported('builtins', 'list'))],
  ['a long range that nobody goes through', named('builtins', 'range', int(2n ** 40n))],
  ['a counter of itertools', named('itertools', 'count', int(3))],
  ['a small array', named('numpy', 'zeros', tuple(int(20), int(20)))],
] as const)('%s: clean', async ([, made]) => {
  expect(await rulesOf(stream(made))).toEqual([])
})
