import { findUpwards } from '../../repository/code-references.ts'
import { folderOf } from '../../repository/reached-code.ts'
import { example, type ModelRule } from '../../rule.ts'
import { withFiles } from './beside.ts'

export const modelLoader: ModelRule = {
  id: 'repository/model-loader',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'MLflow is told to load the model by code that is not known',
  source: 'https://mlflow.org/docs/latest/python_api/mlflow.pyfunc.html',
  taxonomy: ['CWE-829', 'CWE-502', 'AML.T0011.000'],
  why: 'The MLmodel file names a Python module as loader; MLflow imports it and calls _load_pyfunc. It may be any module that is installed, or one of the code folder.',
  remedy: 'Load only models whose loader is a flavour of MLflow, or bring the code and read it.',
  examples: {
    fires: [withFiles(example('MLmodel', 'flavors:\n  python_function:\n    loader_module: acme_loader\n'))],
    silent: [
      withFiles(
        example(
          'MLmodel',
          'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n',
        ),
      ),
      withFiles(
        example('MLmodel', 'flavors:\n  python_function:\n    code: code\n    loader_module: acme_loader\n'),
        ['code/acme_loader.py', 'def _load_pyfunc(path):\n    return path\n'],
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.texts].flatMap(([path, text]) => {
      if (!/(?:^|\/)MLmodel$/.test(path)) return []
      const found = /^[ \t]*loader_module:[ \t]*["']?([\w.]{1,200})/m.exec(text)
      const module = found?.[1] ?? 'mlflow'
      if (found === null || /^(?:mlflow|sagemaker|databricks|feature_store)(?:\.|$)/.test(module)) return []
      const code = /^[ \t]*code(?:_paths?)?:[ \t]*["']?([\w./-]{1,200})/m.exec(text)?.[1] ?? 'code'
      const file = `${module.replaceAll('.', '/')}`
      const isHere = [`${code}/${file}.py`, `${file}.py`, `${code}/${file}/__init__.py`].some(
        (one) => findUpwards(subject, folderOf(path), one) !== undefined,
      )
      return isHere
        ? []
        : [{ path, key: module, message: `loader_module is ${module}`, offset: found.index, call: module }]
    })
  },
}
