import { example, type ModelRule } from '../../rule.ts'
import { configWith } from './config-check.ts'

const triton = (environment: string) =>
  example(
    'config.pbtxt',
    `name: "acme"\nbackend: "python"\nparameters: {\n  key: "EXECUTION_ENV_PATH",\n  value: {string_value: "${environment}"}\n}\n`,
  )

export const servedCode: ModelRule = {
  id: 'config/served-code',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The model server takes code from outside of the model',
  source:
    'https://github.com/triton-inference-server/python_backend#using-custom-python-execution-environments',
  taxonomy: ['CWE-829', 'CWE-426', 'AML.T0011.000'],
  why: 'Triton, MLServer and Ray Serve run a whole Python environment, a library or an application that the configuration of a model names. What lies outside of the model is not looked at, and somebody else may change it.',
  remedy: 'Pack the environment or the code into the model, or install it on the server yourself.',
  examples: {
    fires: [
      triton('/tmp/env.tar.gz'),
      triton('$$TRITON_MODEL_DIRECTORY/../../other/env.tar.gz'),
      triton('s3://bucket/env.tar.gz'),
      example('config.pbtxt', 'name: "a"\nmodel_operations { op_library_filename: ["/opt/x/libop.so"] }\n'),
      example(
        'model-settings.json',
        '{"name": "m", "implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"environment_tarball": "https://h.example/e.tar.gz"}}',
      ),
      example(
        'serve.yaml',
        'applications:\n- name: a\n  import_path: app:build\n  runtime_env:\n    working_dir: https://h.example/code.zip\n',
      ),
    ],
    silent: [
      triton('$$TRITON_MODEL_DIRECTORY/env.tar.gz'),
      example('config.pbtxt', 'name: "m"\nplatform: "onnxruntime_onnx"\nmax_batch_size: 8\n'),
      example(
        'model-settings.json',
        '{"name": "m", "implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"uri": "./model.joblib"}}',
      ),
      example(
        'serve.yaml',
        'applications:\n- name: a\n  import_path: app:build\n  runtime_env:\n    pip: [torch]\n    env_vars: {A: "1"}\n',
      ),
    ],
  },
  check: (subject) => configWith(subject, 'served-code'),
}
