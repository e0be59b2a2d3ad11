import { assessFile } from '../../src/assessors/model/index.ts'
import { readCatboost } from '../../src/formats/catboost/index.ts'
import { readLightgbm } from '../../src/formats/lightgbm/index.ts'
import { readMsgpack } from '../../src/formats/msgpack/index.ts'
import { readNpy } from '../../src/formats/npy/index.ts'
import { readRdata, writeR } from '../../src/formats/rdata/index.ts'
import { readSkops } from '../../src/formats/skops/index.ts'
import { readTorch7 } from '../../src/formats/torch7/index.ts'
import { readUbjson } from '../../src/formats/ubjson/index.ts'
import { judgeBooster, readBinaryBooster } from '../../src/formats/xgboost/index.ts'
import { sourceOfBytes, utf8 } from '../../src/ground/lang/index.ts'

/** Reads, writes every piece of code, and lets the rules judge. */
async function fuzzR(bytes: Uint8Array): Promise<void> {
  const view = await readRdata(sourceOfBytes(bytes))
  for (const sight of view.sights.slice(0, 50)) {
    const code = sight.kind === 'closure' ? sight.closure : 'code' in sight ? sight.code : undefined
    if (code === undefined) continue
    writeR(code)
  }
  await assessFile('fuzz.rds', sourceOfBytes(bytes))
}

/** A small model in the old binary form: parameters, names, one tree of one node. */
function binaryBooster(): Uint8Array {
  const bytes = Buffer.alloc(4 + 136 + 8 + 15 + 8 + 6 + 160 + 148 + 36 + 4)
  bytes.write('binf', 0)
  bytes.writeUInt32LE(2, 8)
  bytes.writeBigUInt64LE(15n, 140)
  bytes.write('binary:logistic', 148)
  bytes.writeBigUInt64LE(6n, 163)
  bytes.write('gbtree', 171)
  bytes.writeInt32LE(1, 177)
  bytes.writeInt32LE(1, 177 + 160 + 4)
  bytes.writeInt32LE(-1, 177 + 160 + 148 + 4)
  return new Uint8Array(bytes)
}

const SCHEMA = utf8(
  '{"__class__":"A","__module__":"sklearn.b","__loader__":"ObjectNode","content":{"__class__":"dict","__module__":"builtins","__loader__":"DictNode","content":{"f":{"__loader__":"OperatorFuncNode","__module__":"operator","__class__":"call","attrs":{"__loader__":"TupleNode","content":[{"__loader__":"JsonNode","content":"\\"x\\""}]}}}},"protocol":2}',
)

/** Parsers of R, of boosted trees, of checkpoints and arrays. */
export const TABULAR_TARGETS = (seedsOf: (...endings: string[]) => readonly Uint8Array[]) => [
  { name: 'rdata', seeds: seedsOf('.rds', '.rda'), run: fuzzR },
  {
    name: 'ubjson',
    seeds: seedsOf('.ubj'),
    run: async (bytes: Uint8Array) => judgeBooster((await readUbjson(sourceOfBytes(bytes))).value),
  },
  {
    name: 'xgboost',
    seeds: [binaryBooster()],
    run: (bytes: Uint8Array) => readBinaryBooster(sourceOfBytes(bytes)),
  },
  {
    name: 'lightgbm',
    seeds: seedsOf('a.txt'),
    run: (bytes: Uint8Array) => readLightgbm(sourceOfBytes(bytes)),
  },
  {
    name: 'catboost',
    seeds: seedsOf('.cbm'),
    run: (bytes: Uint8Array) => readCatboost(sourceOfBytes(bytes)),
  },
  {
    name: 'msgpack',
    seeds: seedsOf('.msgpack'),
    run: (bytes: Uint8Array) => readMsgpack(sourceOfBytes(bytes)),
  },
  { name: 'skops', seeds: [SCHEMA], run: (bytes: Uint8Array) => readSkops(sourceOfBytes(bytes)) },
  { name: 'torch7', seeds: seedsOf('.t7'), run: (bytes: Uint8Array) => readTorch7(sourceOfBytes(bytes)) },
  { name: 'npy', seeds: seedsOf('.npy'), run: (bytes: Uint8Array) => readNpy(sourceOfBytes(bytes)) },
]
