import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { bytesOf, call, imported, stream, text, tuple } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'
import { craftZip } from './craft-zip.ts'
import { tfliteModel } from './rules/tensorflow/craft-tflite.ts'

/** What real files looked like that were once alarmed at, each beside what an attacker would make of the exception. */

const verdictOf = async (name: string, content: string | Uint8Array) =>
  (
    await assessFile(
      name,
      sourceOfBytes(typeof content === 'string' ? Buffer.from(content, 'latin1') : content),
    )
  ).verdict

const getattr = (of: string, name: string) => call(imported('builtins', 'getattr'), of, text(name))
const NAMED = imported('scipy.stats._stats_mstats_common', 'LinregressResult')
const LOSS = imported('_loss', 'CyHalfBinomialLoss')
const METHOD = call(imported('dill._dill', '_load_type'), text('MethodType'))

test.for([
  ['filters that PyTables pickles', stream(imported('tables.filters', 'Filters'), ')\x81'), 'clean'],
  ['filters of PyTables 2', stream(call(imported('tables.Leaf', 'Filters'))), 'clean'],
  ['something else of PyTables', stream(call(imported('tables.file', 'open_file'), text('x'))), 'suspicious'],
  [
    'an object made with named arguments, as protocol 2 writes it',
    stream(call(call(imported('functools', 'partial'), getattr(NAMED, '__new__'), NAMED, tuple(text('a'))))),
    'clean',
  ],
  [
    'a loss of scikit-learn 1.4',
    stream(call(imported('_loss', '__pyx_unpickle_CyHalfBinomialLoss'), LOSS, 'K\x01', tuple())),
    'clean',
  ],
  ['a column of texts of pandas 3', stream(call(imported('pyarrow.lib', 'py_buffer'), text('abc'))), 'clean'],
  [
    'a module of a package that is called builtins',
    stream(imported('tpot.builtins.stacking_estimator', 'StackingEstimator'), ')\x81'),
    'clean',
  ],
  [
    'a method bound to an object by dill',
    stream(
      call(METHOD, imported('collections', 'Counter.most_common'), call(imported('collections', 'Counter'))),
    ),
    'clean',
  ],
  ['__new__ of type', stream(getattr(imported('builtins', 'type'), '__new__')), 'malicious'],
  ['__new__ of a function that acts', stream(getattr(imported('os', 'system'), '__new__')), 'malicious'],
  [
    '__new__ of one class given another',
    stream(call(getattr(NAMED, '__new__'), imported('acme', 'A'))),
    'suspicious',
  ],
  ['a name of _loss that is none', stream(call(imported('_loss', 'run'))), 'suspicious'],
  [
    'a function of pyarrow that reads files',
    stream(call(imported('pyarrow.lib', 'memory_map'), text('a'))),
    'suspicious',
  ],
  ['a module reached through a package', stream(imported('acme.builtins', 'eval')), 'malicious'],
  ['a bound function that acts', stream(call(METHOD, imported('os', 'system'), text('id'))), 'malicious'],
  [
    'a bound method that is called',
    stream(call(call(METHOD, imported('collections', 'Counter.update'), text('a')))),
    'suspicious',
  ],
] as const)('%s', async ([, pickle, verdict]) => {
  expect(await verdictOf('model.pkl', bytesOf(pickle))).toBe(verdict)
})

const MODEL = tfliteModel('a.tflite', ['TFLite_Detection_PostProcess']).bytes
const withArchive = (members: Parameters<typeof craftZip>[0]): Uint8Array => {
  const prefix = Buffer.from(MODEL).toString('latin1')
  return craftZip(members, { prefix }).bytes
}

test.for([
  ['labels', [{ name: 'labels.txt', text: 'cat\ndog\n' }], 'clean'],
  [
    'a pickle',
    [{ name: 'labels.txt', text: stream(call(imported('os', 'system'), text('id'))) }],
    'malicious',
  ],
  [
    'a hidden member',
    [
      { name: 'a.txt', text: 'a' },
      { name: 'b.txt', text: 'b', isHidden: true },
    ],
    'suspicious',
  ],
] as const)('a TFLite model with %s in the archive behind it', async ([, members, verdict]) => {
  expect(await verdictOf('a.tflite', withArchive(members))).toBe(verdict)
})

test.for([
  ['mlmd_uuid', '0d5cbd2a-4b0e-4c4c-9d21-1f3ab9f6a3a1\n', 'clean'],
  ['somefile', 'rm -rf model', 'undecided'],
  ['feature_map', '0 AGE int\n1 Income float\n', 'clean'],
  ['embedding.pbtxt', 'value: 0.5\nvalue: 0.25\n', 'undecided'],
] as const)('the text %s is looked at for what it can be', async ([name, content, verdict]) => {
  expect(await verdictOf(name, content)).toBe(verdict)
})

const SEND = "requests.post(url, json={'a': 1})\n"
const READS = 'import argparse, requests\np = argparse.ArgumentParser()\np.add_argument("--url")\n'

test.for([
  [
    'a program with arguments',
    'query_it.py',
    `${READS}args = p.parse_args()\nurl = args.url\n${SEND}`,
    'clean',
  ],
  ['a program that needs an argument', 'it.py', `import sys, requests\nurl = sys.argv[1]\n${SEND}`, 'clean'],
  [
    'a client of this machine',
    'it.py',
    'import requests\nrequests.post("http://localhost:8080/a/", data=b"x")\n',
    'clean',
  ],
  [
    'a module that asks this machine when it is imported',
    'it.py',
    'import requests\nrequests.get("http://127.0.0.1/")\nclass M: pass\n',
    'malicious',
  ],
  [
    'a module of a model that does nothing else',
    'modeling_it.py',
    'import requests\nrequests.get("http://127.0.0.1/")\n',
    'malicious',
  ],
  [
    'a name that begins as this machine',
    'it.py',
    'import requests\nrequests.post("http://localhost.example.org/a", data=b"x")\n',
    'malicious',
  ],
  ['no arguments', 'it.py', `import requests\nurl = "https://example.org"\n${SEND}`, 'malicious'],
  [
    'a module of a model that reads arguments',
    'modeling_a.py',
    `${READS}args = p.parse_args()\nurl = args.url\n${SEND}`,
    'malicious',
  ],
  [
    'secrets sent by a program',
    'it.py',
    `import os\n${READS}args = p.parse_args()\nrequests.post(args.url, json=dict(os.environ))\n`,
    'malicious',
  ],
  ['a drawing by graphviz', 'plot_it.py', 'import os\nos.system("dot -O -Tpng a.dot")\n', 'clean'],
  ['a with of two targets', 'modeling_a.py', 'def f(a):\n  with a(1) as (b, c):\n    return b\n', 'clean'],
  [
    'an act in a with of two targets',
    'modeling_a.py',
    'import os\nwith open(1) as (b, c):\n  os.system("id")\n',
    'malicious',
  ],
  [
    'a request with an encoded body',
    'it_test.py',
    'import base64, subprocess\ndef f(p):\n  b = base64.b64encode(p).decode()\n  subprocess.run(["curl", "-d", b, "localhost:8000"])\n',
    'clean',
  ],
  [
    'a program that is decoded',
    'it_test.py',
    'import base64, subprocess\ndef f(p):\n  b = base64.b64decode(p).decode()\n  subprocess.run(["sh", "-c", b])\n',
    'malicious',
  ],
] as const)('Python: %s', async ([, name, content, verdict]) => {
  expect(await verdictOf(name, content)).toBe(verdict)
})

test.for([
  ['vit_b.ncnn.param', '7767517\n2 2\nInput in0 0 1 in0\nReLU relu 1 1 in0 out0\n', 'clean'],
  ['graph.nnef', 'version 1.0;\ngraph net( x ) -> ( y ) { y = relu(x); }\n', 'clean'],
  ['model/1/assets.extra/mlmd_uuid', 'test_mlmd_uuid', 'clean'],
  ['model/1/elsewhere/mlmd_uuid', 'test_mlmd_uuid', 'undecided'],
] as const)('a text named %s', async ([name, content, verdict]) => {
  expect(await verdictOf(name, content)).toBe(verdict)
})
