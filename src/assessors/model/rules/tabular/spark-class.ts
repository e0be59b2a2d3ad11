import { type Example, example, type ModelRule } from '../../rule.ts'

/** Packages of which stages of pipelines come. */
const KNOWN =
  /^(?:org\.apache\.spark\.(?:ml|mllib)\.|pyspark\.ml\.|ml\.dmlc\.xgboost4j\.|xgboost\.spark\.|com\.microsoft\.(?:azure\.synapse\.ml|ml\.spark)\.|synapse\.ml\.|com\.johnsnowlabs\.|sparknlp\.|ai\.h2o\.sparkling\.|com\.databricks\.|ml\.combust\.)/

export const sparkClass: ModelRule = {
  id: 'spark/foreign-class',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A stage of the Spark pipeline is of a class that is not of Spark',
  source: 'https://github.com/apache/spark/blob/master/python/pyspark/ml/util.py',
  taxonomy: ['CWE-470', 'CWE-502'],
  why: 'Loading a pipeline makes an object of the class that the metadata name, in Java by reflection and in Python by import.',
  remedy: 'Look at the class, and at the package that it comes from.',
  examples: {
    fires: [spark('com.example.Evil')],
    silent: [
      spark('org.apache.spark.ml.feature.VectorAssembler'),
      spark('pyspark.ml.pipeline.PipelineModel'),
      spark('os.system'),
    ],
  },
  check: (subject) =>
    subject.kind === 'spark' && !KNOWN.test(subject.className) && !isActive(subject.role)
      ? [{ key: subject.className, message: `the class is ${subject.className}`, call: subject.className }]
      : [],
}

export const sparkActiveClass: ModelRule = {
  id: 'spark/active-class',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A stage of the Spark pipeline names a function that acts on the machine',
  source: 'https://github.com/apache/spark/blob/master/python/pyspark/ml/util.py',
  taxonomy: ['CWE-470', 'CWE-502', 'AML.T0011.000'],
  why: 'PySpark imports the name and calls it. No stage of a pipeline has such a name.',
  remedy: 'Do not load the pipeline.',
  examples: {
    fires: [spark('os.system'), spark('subprocess.Popen')],
    silent: [spark('org.apache.spark.ml.feature.VectorAssembler'), spark('com.example.Own')],
  },
  check: (subject) =>
    subject.kind === 'spark' && isActive(subject.role)
      ? [{ key: subject.className, message: `the class is ${subject.className}`, call: subject.className }]
      : [],
}

function isActive(role: string): boolean {
  return role === 'active' || role === 'reach'
}

/** The metadata of a stage, for examples. */
function spark(name: string): Example {
  return example(
    'metadata/part-00000',
    `{"class":"${name}","timestamp":1,"sparkVersion":"3.5.0","uid":"a","paramMap":{}}\n`,
  )
}
