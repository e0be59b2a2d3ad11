import type { FormatWalker } from './walker.ts'
import { caffeWalker } from './walkers/caffe.ts'
import { catboostWalker } from './walkers/catboost.ts'
import { cntkWalker } from './walkers/cntk.ts'
import { coreMlWalker, manifestWalker } from './walkers/coreml.ts'
import { engineWalker } from './walkers/engine.ts'
import { executableWalker } from './walkers/executable.ts'
import { exportedWalker } from './walkers/exported.ts'
import { ggmlWalker } from './walkers/ggml.ts'
import { ggufWalker } from './walkers/gguf.ts'
import { h2oWalker } from './walkers/h2o.ts'
import { imageWalker } from './walkers/image.ts'
import { javaWalker } from './walkers/java.ts'
import { kerasConfigWalker } from './walkers/keras-config.ts'
import { kerasYamlWalker } from './walkers/keras-yaml.ts'
import { lightgbmWalker } from './walkers/lightgbm.ts'
import { mxnetWalker, ndarrayWalker } from './walkers/mxnet.ts'
import { npyWalker } from './walkers/npy.ts'
import { onnxWalker } from './walkers/onnx.ts'
import { openVinoWalker } from './walkers/openvino.ts'
import { paddleWalker, pirWalker } from './walkers/paddle.ts'
import { pmmlWalker } from './walkers/pmml.ts'
import { pythonWalker } from './walkers/python.ts'
import { rarWalker } from './walkers/rar.ts'
import { rdataWalker } from './walkers/rdata.ts'
import { sevenZipWalker } from './walkers/sevenzip.ts'
import { skopsWalker } from './walkers/skops.ts'
import { sparkWalker } from './walkers/spark.ts'
import { checkpointWalker, tensorflowWalker, textGraphWalker } from './walkers/tensorflow.ts'
import { xmlWalker } from './walkers/xml.ts'
import { zipWalker } from './walkers/zip.ts'
import { WALKERS } from './walkers.ts'

/** Endings under which pickles are kept, and by which no recogniser goes. */
const PICKLE_NAME = /\.(?:pkl|pickle|joblib|pk|sav)$/i

/**
 * Recognisers that say no to a file that begins as pickles do, with PROTO, under such a name: they go by other first bytes, by
 * other names, or by both. A format that is not here is asked of every file; one may be added when its recogniser is so.
 */
const OTHERS: ReadonlySet<FormatWalker> = new Set([
  ...[executableWalker, zipWalker, sevenZipWalker, rarWalker, kerasConfigWalker, ggufWalker, engineWalker],
  ...[
    ndarrayWalker,
    onnxWalker,
    npyWalker,
    rdataWalker,
    imageWalker,
    lightgbmWalker,
    catboostWalker,
    ggmlWalker,
  ],
  ...[kerasYamlWalker, textGraphWalker, coreMlWalker, manifestWalker, cntkWalker, paddleWalker, pirWalker],
  ...[mxnetWalker, exportedWalker, caffeWalker, tensorflowWalker, checkpointWalker, skopsWalker, javaWalker],
  ...[sparkWalker, h2oWalker, pythonWalker, openVinoWalker, pmmlWalker, xmlWalker],
])

const ASKED = WALKERS.filter((walker) => !OTHERS.has(walker))

/** The recognisers to ask about a file that begins with PROTO. */
export function recognisersOfPickle(name: string): readonly FormatWalker[] {
  return PICKLE_NAME.test(name) ? ASKED : WALKERS
}
