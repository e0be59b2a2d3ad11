import type { FormatWalker } from './walker.ts'
import { catboostWalker } from './walkers/catboost.ts'
import { datafileWalker } from './walkers/datafile.ts'
import { executableWalker } from './walkers/executable.ts'
import { ggufWalker } from './walkers/gguf.ts'
import { hdf5Walker } from './walkers/hdf5.ts'
import { imageWalker } from './walkers/image.ts'
import { kerasConfigWalker } from './walkers/keras-config.ts'
import { lightgbmWalker } from './walkers/lightgbm.ts'
import { msgpackWalker } from './walkers/msgpack.ts'
import { npyWalker } from './walkers/npy.ts'
import { onnxWalker } from './walkers/onnx.ts'
import { packedWalker } from './walkers/packed.ts'
import { rdataWalker } from './walkers/rdata.ts'
import { safetensorsWalker } from './walkers/safetensors.ts'
import { sevenZipWalker } from './walkers/sevenzip.ts'
import { skopsWalker } from './walkers/skops.ts'
import { tarWalker } from './walkers/tar.ts'
import { checkpointWalker, tensorflowWalker, textGraphWalker } from './walkers/tensorflow.ts'
import { xgboostWalker } from './walkers/xgboost.ts'
import { zipWalker } from './walkers/zip.ts'

/** Formats with a magic or a telling name, in the order in which they are tried; pickles and texts come after all of them. */
export const WALKERS: readonly FormatWalker[] = [
  executableWalker,
  zipWalker,
  tarWalker,
  sevenZipWalker,
  hdf5Walker,
  kerasConfigWalker,
  textGraphWalker,
  ggufWalker,
  onnxWalker,
  npyWalker,
  safetensorsWalker,
  rdataWalker,
  imageWalker,
  datafileWalker,
  skopsWalker,
  msgpackWalker,
  xgboostWalker,
  lightgbmWalker,
  catboostWalker,
  packedWalker,
  tensorflowWalker,
  checkpointWalker,
]
