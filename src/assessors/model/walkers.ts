import type { FormatWalker } from './walker.ts'
import { caffeWalker } from './walkers/caffe.ts'
import { catboostWalker } from './walkers/catboost.ts'
import { cntkWalker } from './walkers/cntk.ts'
import { compiledPythonWalker } from './walkers/compiled-python.ts'
import { coreMlWalker, manifestWalker } from './walkers/coreml.ts'
import { datafileWalker } from './walkers/datafile.ts'
import { engineWalker } from './walkers/engine.ts'
import { executableWalker } from './walkers/executable.ts'
import { executorchWalker } from './walkers/executorch.ts'
import { exportedWalker } from './walkers/exported.ts'
import { ggmlWalker } from './walkers/ggml.ts'
import { ggufWalker } from './walkers/gguf.ts'
import { h2oWalker } from './walkers/h2o.ts'
import { hdf5Walker } from './walkers/hdf5.ts'
import { imageWalker } from './walkers/image.ts'
import { javaWalker } from './walkers/java.ts'
import { kerasConfigWalker } from './walkers/keras-config.ts'
import { kerasYamlWalker } from './walkers/keras-yaml.ts'
import { lightgbmWalker } from './walkers/lightgbm.ts'
import { milBlobsWalker } from './walkers/mil-blobs.ts'
import { msgpackWalker } from './walkers/msgpack.ts'
import { mxnetWalker, ndarrayWalker } from './walkers/mxnet.ts'
import { npyWalker } from './walkers/npy.ts'
import { ocdbtWalker } from './walkers/ocdbt.ts'
import { onnxWalker, ortWalker } from './walkers/onnx.ts'
import { onnxTensorWalker } from './walkers/onnx-tensor.ts'
import { openVinoWalker } from './walkers/openvino.ts'
import { packedWalker } from './walkers/packed.ts'
import { paddleWalker, pirWalker } from './walkers/paddle.ts'
import { pmmlWalker } from './walkers/pmml.ts'
import { pythonWalker } from './walkers/python.ts'
import { rarWalker } from './walkers/rar.ts'
import { rdataWalker } from './walkers/rdata.ts'
import { safetensorsWalker } from './walkers/safetensors.ts'
import { sevenZipWalker } from './walkers/sevenzip.ts'
import { skopsWalker } from './walkers/skops.ts'
import { sparkWalker } from './walkers/spark.ts'
import { tarWalker } from './walkers/tar.ts'
import { checkpointWalker, tensorflowWalker, textGraphWalker } from './walkers/tensorflow.ts'
import { tfliteWalker } from './walkers/tflite.ts'
import { torch7Walker } from './walkers/torch7.ts'
import { xgboostWalker } from './walkers/xgboost.ts'
import { xmlWalker } from './walkers/xml.ts'
import { zipWalker } from './walkers/zip.ts'

/** Formats with a magic or a telling name, in the order in which they are tried; pickles and texts come after all of them. */
export const WALKERS: readonly FormatWalker[] = [
  executableWalker,
  zipWalker,
  tarWalker,
  sevenZipWalker,
  rarWalker,
  hdf5Walker,
  tfliteWalker,
  kerasConfigWalker,
  kerasYamlWalker,
  textGraphWalker,
  ggufWalker,
  executorchWalker,
  ortWalker,
  engineWalker,
  ndarrayWalker,
  onnxWalker,
  coreMlWalker,
  manifestWalker,
  milBlobsWalker,
  cntkWalker,
  paddleWalker,
  pirWalker,
  mxnetWalker,
  exportedWalker,
  caffeWalker,
  npyWalker,
  safetensorsWalker,
  rdataWalker,
  imageWalker,
  tensorflowWalker,
  checkpointWalker,
  onnxTensorWalker,
  datafileWalker,
  skopsWalker,
  msgpackWalker,
  xgboostWalker,
  lightgbmWalker,
  catboostWalker,
  torch7Walker,
  javaWalker,
  sparkWalker,
  ocdbtWalker,
  h2oWalker,
  ggmlWalker,
  packedWalker,
  pmmlWalker,
  openVinoWalker,
  xmlWalker,
  pythonWalker,
  compiledPythonWalker,
]
