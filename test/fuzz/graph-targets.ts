import { assessFile } from '../../src/assessors/model/index.ts'
import { readCaffeModel, readPrototxt } from '../../src/formats/caffe/index.ts'
import { readCntk } from '../../src/formats/cntk/index.ts'
import { readCoreMl } from '../../src/formats/coreml/index.ts'
import { readEngine } from '../../src/formats/engine/index.ts'
import { readExecuTorch } from '../../src/formats/executorch/index.ts'
import { readNdarrays, readSymbol } from '../../src/formats/mxnet/index.ts'
import { readOnnx, readOrt } from '../../src/formats/onnx/index.ts'
import { readPaddle, readPir } from '../../src/formats/paddle/index.ts'
import { readExported, readTorchScript } from '../../src/formats/torchscript/index.ts'
import { readXml } from '../../src/formats/xml/index.ts'
import { sourceOfBytes, utf8 } from '../../src/ground/lang/index.ts'

const TORCHSCRIPT = [
  'class M(Module):\n  __parameters__ = ["w", ]\n  training : bool\n  def forward(self: __torch__.m.M,\n    x: Tensor) -> Tensor:\n    # type: (Tensor) -> Tensor\n    _0 = torch.save((x), "a\\x41")\n    y = (getattr(torch, "from_file"))(ops.image.read_file("b"), \'\'\'c\n\'\'\')\n    return annotate(List[int], [1, 2.5e3])[0]\n',
  'def f(x: Tensor=torch.from_file("/etc/passwd", False, 9)) -> Tensor:\n  t = (torch)\n  return ^Fn()(x.save("f"))\n',
]
const XML = [
  '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a [<!-- > --><!ENTITY x SYSTEM "y"><!ENTITY % p PUBLIC "q" "r">]><a b="c&amp;d>" e=\'f\'><!-- g --><h>i&#65;</h><![CDATA[j]]><xi:include href="k"/><?l m?></a>',
  '<net name="m" version="11"><layers><layer id="0" type="Const" version="opset1"><data offset="-1" size="4"/></layer></layers></net>',
]
const JSON_GRAPHS = [
  '{"nodes":[{"op":"_Native","name":"n","attrs":{"info":"0x1"},"subgraphs":[{"nodes":[{"op":"Custom","name":"c","attr":{"op_type":"e"}}]}]}],"arg_nodes":[0]}',
  '{"base_code":{"magic":"pir","version":1},"program":{"regions":[{"#":"r","blocks":[{"ops":[{"#":"1.py_func","A":[{"N":"n","AT":{"#":"0.a_str","D":"v"}}],"O":[]}]}]}]}}',
  '{"graph_module":{"graph":{"nodes":[{"target":"torch.ops.a.b","inputs":[{"expr_str":"s0"}]}]}},"range_constraints":{"s0":1},"guards_code":["a"]}',
]

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

async function fuzzJson(bytes: Uint8Array): Promise<void> {
  let document: unknown
  try {
    document = JSON.parse(textOf(bytes))
  } catch {
    return // Most changes break the JSON; what is left of it goes to the readers.
  }
  readSymbol(document)
  readPir(document)
  readExported(document)
}

interface GraphTarget {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly run: (bytes: Uint8Array) => Promise<unknown>
}

/** Parsers of graph formats; `seedsOf` gives the examples of all rules by the ends of their names. */
export function GRAPH_TARGETS(seedsOf: (...endings: string[]) => Uint8Array[]): readonly GraphTarget[] {
  return [
    { name: 'onnx', seeds: seedsOf('.onnx'), run: (bytes) => readOnnx(sourceOfBytes(bytes)) },
    {
      name: 'torchscript',
      seeds: TORCHSCRIPT.map(utf8),
      run: async (bytes) => readTorchScript(textOf(bytes)),
    },
    { name: 'coreml', seeds: seedsOf('.mlmodel'), run: (bytes) => readCoreMl(sourceOfBytes(bytes)) },
    { name: 'xml', seeds: XML.map(utf8), run: (bytes) => readXml(sourceOfBytes(bytes)) },
    { name: 'executorch', seeds: seedsOf('.pte'), run: (bytes) => readExecuTorch(sourceOfBytes(bytes)) },
    { name: 'ort', seeds: seedsOf('.ort'), run: (bytes) => readOrt(sourceOfBytes(bytes)) },
    { name: 'paddle', seeds: seedsOf('.pdmodel'), run: (bytes) => readPaddle(sourceOfBytes(bytes)) },
    {
      name: 'caffe',
      seeds: seedsOf('.prototxt'),
      run: async (bytes) => [readPrototxt(textOf(bytes)), await readCaffeModel(sourceOfBytes(bytes))],
    },
    { name: 'cntk', seeds: seedsOf('.dnn'), run: (bytes) => readCntk(sourceOfBytes(bytes)) },
    { name: 'engine', seeds: seedsOf('.engine', '.plan'), run: (bytes) => readEngine(sourceOfBytes(bytes)) },
    { name: 'ndarrays', seeds: [ndarrays()], run: (bytes) => readNdarrays(sourceOfBytes(bytes)) },
    { name: 'graph-json', seeds: JSON_GRAPHS.map(utf8), run: fuzzJson },
    {
      name: 'graph-assessor',
      seeds: [...seedsOf('.onnx', '.mlmodel', '.pte', '.ort', '.pdmodel', '.prototxt'), ...XML.map(utf8)],
      run: (bytes) => assessFile('fuzz.bin', sourceOfBytes(bytes)),
    },
  ]
}

/** A list with one array of two floats, as MXNet 1.9 writes it. */
function ndarrays(): Uint8Array {
  const bytes = Buffer.alloc(16 + 8 + 12 + 8 + 12 + 8 + 8 + 8 + 1)
  bytes.writeBigUInt64LE(0x112n, 0)
  bytes.writeBigUInt64LE(1n, 16)
  bytes.writeUInt32LE(0xf993fac9, 24)
  bytes.writeInt32LE(0, 28)
  bytes.writeInt32LE(1, 32)
  bytes.writeBigInt64LE(2n, 36)
  bytes.writeInt32LE(1, 44)
  bytes.writeBigUInt64LE(1n, 64)
  bytes.writeBigUInt64LE(1n, 72)
  bytes.write('w', 80)
  return bytes
}
