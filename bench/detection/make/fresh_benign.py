"""Ordinary files by real frameworks that stood in no earlier part. (technique, format, files, synthetic)"""
import collections
import io
import json
import os
import pickle
import subprocess
import tempfile

import formats as f
from carriers import tar_of, zip_of
from fresh import saved


def one(technique, fmt, name, data, synthetic=False):
    return 'fresh-' + technique, fmt, {name: data if isinstance(data, bytes) else data.encode()}, synthetic


def repo(technique, fmt, files, synthetic=True):
    return 'fresh-' + technique, fmt, {name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()}, synthetic


def learned():
    import joblib
    import numpy as np
    import pandas as pd
    from sklearn import calibration, compose, decomposition, ensemble, feature_selection, gaussian_process, impute, isotonic, linear_model, mixture, model_selection, multioutput, neighbors, neural_network, pipeline, preprocessing

    rng = np.random.RandomState(3)
    x, y = rng.rand(60, 4), rng.randint(0, 2, 60)
    frame = pd.DataFrame(x, columns=list('abcd')).assign(e=['u', 'v'] * 30)
    columns = compose.ColumnTransformer([('n', preprocessing.StandardScaler(), list('abcd')), ('c', preprocessing.OneHotEncoder(handle_unknown='ignore'), ['e'])], remainder='passthrough')
    models = {
        'columns': pipeline.make_pipeline(columns, linear_model.LogisticRegression()).fit(frame, y),
        'grid': model_selection.GridSearchCV(ensemble.ExtraTreesClassifier(4), {'max_depth': [2, 3]}, cv=2).fit(x, y),
        'stacking': ensemble.StackingClassifier([('a', linear_model.RidgeClassifier()), ('b', neighbors.KNeighborsClassifier())], cv=2).fit(x, y),
        'calibrated': calibration.CalibratedClassifierCV(ensemble.HistGradientBoostingClassifier(max_iter=3), cv=2).fit(x, y),
        'mixture': mixture.BayesianGaussianMixture(n_components=2).fit(x),
        'mlp': neural_network.MLPRegressor((4,), max_iter=5).fit(x, y),
        'kernel': gaussian_process.GaussianProcessRegressor(gaussian_process.kernels.RBF() + gaussian_process.kernels.WhiteKernel()).fit(x, y),
        'isolation': ensemble.IsolationForest(n_estimators=3).fit(x),
        'selector': feature_selection.SelectKBest(feature_selection.mutual_info_classif, k=2).fit(x, y),
        'function': preprocessing.FunctionTransformer(np.log1p, np.expm1),
        'chain': multioutput.ClassifierChain(linear_model.Perceptron()).fit(x, np.c_[y, y[::-1]]),
        'isotonic': isotonic.IsotonicRegression().fit(x[:, 0], y),
        'imputer': impute.KNNImputer().fit(x),
        'nmf': decomposition.MiniBatchNMF(2, max_iter=2).fit(x),
    }
    packs = [0, 3, ('lz4', 1), ('xz', 1), ('bz2', 1), ('gzip', 3), ('lzma', 1)]
    for i, (name, model) in enumerate(models.items()):
        yield one(f'joblib-{name}', 'joblib', 'model.joblib', saved(lambda p: joblib.dump(model, p, compress=packs[i % 7]), '.joblib'))
    yield one('joblib-memory', 'joblib', 'output.pkl', saved(lambda p: joblib.dump((np.random.rand(400, 100), frame, {'k': np.arange(9)}), p), '.pkl'))


def statistics():
    import gensim.models
    import networkx
    import numpy as np
    import pandas as pd
    import scipy.interpolate
    import scipy.spatial
    import scipy.stats
    import statsmodels.api as sm
    import statsmodels.formula.api as smf
    import sympy
    from gensim import corpora
    from statsmodels.tsa.arima.model import ARIMA

    frame = pd.DataFrame({'x': np.random.rand(40), 'g': ['a', 'b'] * 20, 'y': np.random.rand(40)})
    yield one('statsmodels-formula', 'pickle', 'ols.pickle', saved(lambda p: smf.ols('y ~ center(x) + C(g) + I(x ** 2)', frame).fit().save(p), '.pickle'))
    yield one('statsmodels-glm', 'pickle', 'glm.pkl', saved(lambda p: smf.glm('y ~ x:g', frame, family=sm.families.Gaussian()).fit().save(p), '.pkl'))
    yield one('statsmodels-arima', 'pickle', 'arima.pkl', saved(lambda p: ARIMA(frame['y'], order=(1, 0, 0)).fit().save(p), '.pkl'))
    texts = [['eval', 'exec', 'system', 'model'], ['import', 'os', 'subprocess', 'popen']] * 5
    for name, model in {'word2vec': gensim.models.Word2Vec(texts, vector_size=4, min_count=1), 'fasttext': gensim.models.FastText(texts, vector_size=4, min_count=1, bucket=50), 'phrases': gensim.models.Phrases(texts)}.items():
        yield one(f'gensim-{name}', 'pickle', f'{name}.model', saved(lambda p: model.save(p), '.model'))
    words = corpora.Dictionary(texts)
    yield one('gensim-dictionary', 'pickle', 'words.dict', saved(lambda p: words.save(p), '.dict'))
    topics = gensim.models.LdaModel([words.doc2bow(t) for t in texts], num_topics=2, id2word=words)
    with tempfile.TemporaryDirectory() as folder:
        topics.save(os.path.join(folder, 'lda.model'))
        yield repo('gensim-lda', 'pickle', {name: open(os.path.join(folder, name), 'rb').read() for name in sorted(os.listdir(folder))}, False)
    graph = networkx.DiGraph([('a', 'b', {'weight': 2.5, 'note': 'rm -rf /'})])
    yield one('networkx-digraph', 'pickle', 'g.gpickle', pickle.dumps(graph))
    yield one('networkx-multi', 'pickle', 'mg.pkl', pickle.dumps(networkx.MultiGraph(graph)))
    yield one('scipy-spline', 'pickle', 'spline.pkl', pickle.dumps([scipy.interpolate.CubicSpline([0, 1, 2], [1, 3, 2]), scipy.interpolate.interp1d([0, 1], [2, 3])]))
    yield one('scipy-tree', 'pickle', 'tree.pkl', pickle.dumps(scipy.spatial.cKDTree(np.random.rand(20, 2))))
    yield one('scipy-frozen', 'pickle', 'dist.pkl', pickle.dumps([scipy.stats.norm(1, 2), scipy.stats.gaussian_kde([1.0, 2, 4])]))
    a, b = sympy.symbols('a b')
    yield one('sympy-expression', 'pickle', 'expr.pkl', pickle.dumps(sympy.sin(a) ** 2 + sympy.Rational(1, 3) * b))
    yield one('plain-structures', 'pickle', 'misc.pkl', pickle.dumps({'c': collections.Counter('abca'), 'd': collections.defaultdict(list, a=[1]), 'q': collections.deque([1], 3), 'r': range(4), 's': slice(1, 2), 'f': frozenset({1})}))


def figures():
    import matplotlib

    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    import numpy as np
    from PIL import Image
    from skimage import transform

    yield one('pil-image', 'pickle', 'image.pkl', pickle.dumps(Image.new('RGB', (4, 4))))
    yield one('skimage-transform', 'pickle', 'warp.pkl', pickle.dumps(transform.AffineTransform(rotation=0.2)))
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    yield one('matplotlib-figure', 'pickle', 'figure.pkl', pickle.dumps(figure))
    yield one('numpy-polynomial', 'pickle', 'poly.pkl', pickle.dumps([np.polynomial.Chebyshev([1, 2]), np.poly1d([1, 2]), np.matrix([[1, 2]]), np.rec.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])]))


def networks():
    import numpy as np
    import torch
    import torchvision
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 2)

        def forward(self, x):
            return torch.softmax(self.fc(x), 1)

    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 1, 8, 8))
    save = lambda value, **more: saved(lambda p: torch.save(value, p, **more), '.pt')
    yield one('torch-lazy', 'pytorch-zip', 'net.pt', save(net))
    yield one('torch-quantized', 'pytorch-zip', 'int8.pt', save(torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)), {nn.Linear}).state_dict()))
    yield one('torch-checkpoint', 'pytorch-zip', 'last.ckpt', save({'epoch': 3, 'global_step': 10, 'state_dict': net.state_dict(), 'optimizer_states': [torch.optim.Adam(net.parameters()).state_dict()], 'lr_schedulers': [], 'hparams': {'lr': 1e-3, 'name': 'eval('}, 'rng': torch.get_rng_state(), 'np': np.random.get_state()}))
    yield one('torch-sparse', 'pytorch-zip', 'sparse.pt', save({'s': torch.eye(3).to_sparse(), 'b': torch.ones(2, dtype=torch.bfloat16), 'c': torch.ones(2, dtype=torch.complex64), 'g': torch.nn.Parameter(torch.ones(1))}))
    yield one('torch-script-module', 'torchscript', 'scripted.pt', saved(lambda p: torch.jit.save(torch.jit.script(Net()), p), '.pt'))
    yield one('torch-trace', 'torchscript', 'traced.pt', saved(lambda p: torch.jit.save(torch.jit.trace(torchvision.models.squeezenet1_0(), torch.zeros(1, 3, 64, 64)), p, _extra_files={'labels.txt': 'cat\ndog\n'}), '.pt'))
    compose = torchvision.transforms.Compose([torchvision.transforms.Resize(8), torchvision.transforms.ToTensor(), torchvision.transforms.Normalize([0.5], [0.5])])
    yield one('torchvision-transforms', 'pickle', 'transforms.pkl', pickle.dumps(compose))
    yield one('torch-averaged', 'pytorch-zip', 'swa.pt', save(torch.optim.swa_utils.AveragedModel(nn.Linear(2, 2)).state_dict()))
    yield one('torch-legacy-full', 'pytorch-legacy', 'm.pth', save(nn.LSTM(3, 4, 2), _use_new_zipfile_serialization=False))


def graphs():
    import h5py
    import numpy as np
    import onnx
    import pandas as pd
    import xgboost as xgb
    from onnx import TensorProto, helper, numpy_helper

    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 3])
    y = helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', 3])
    many = [numpy_helper.from_array(np.random.rand(3, 3).astype('f4'), f'w{i}') for i in range(4)]
    chain = [helper.make_node('MatMul', ['x' if i == 0 else f'h{i - 1}', f'w{i}'], ['y' if i == 3 else f'h{i}']) for i in range(4)]
    model = helper.make_model(helper.make_graph(chain, 'g', [x], [y], many, doc_string='Exported by torch.onnx.export; call model.eval() first. See https://example.org/docs'), doc_string='Runs os.path.join(root, name) in preprocessing')
    for key, value in {'names': "{0: 'person', 1: 'bicycle'}", 'license': 'AGPL-3.0 https://ultralytics.com/license', 'imgsz': '[640, 640]', 'args': "{'batch': 1, 'half': False}", 'description': 'Ultralytics YOLOv8n model trained on coco.yaml'}.items():
        model.metadata_props.add(key=key, value=value)
    yield one('onnx-metadata', 'onnx', 'yolo.onnx', model.SerializeToString())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'model.onnx')
        onnx.save_model(model, path, save_as_external_data=True, all_tensors_to_one_file=True, location='weights.bin', size_threshold=0)
        files = {'onnx/' + name: open(os.path.join(folder, name), 'rb').read() for name in sorted(os.listdir(folder))}
    yield repo('onnx-weights-bin', 'onnx', files, False)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'model.onnx')
        onnx.save_model(onnx.shape_inference.infer_shapes(model), path, save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=0)
        yield repo('onnx-file-per-tensor', 'onnx', {name: open(os.path.join(folder, name), 'rb').read() for name in sorted(os.listdir(folder))}, False)
    booster = xgb.train({'max_depth': 2}, xgb.DMatrix(np.random.rand(30, 3), label=np.random.rand(30), feature_names=['os.system', 'age', 'eval']), 3)
    booster.set_attr(best_iteration='2', scikit_learn=json.dumps({'n_estimators': 3, 'kwargs': {}, 'classes_': [0, 1]}))
    for suffix in ('.json', '.ubj', '.bin'):
        yield one(f'xgboost-attributes{suffix}', 'xgboost', 'model' + suffix, saved(lambda p: booster.save_model(p), suffix))
    frame = pd.DataFrame({'a': [1.5, 2], 's': ['x', None], 'o': [{'k': 1}, [2]]})
    yield one('pandas-hdf-table', 'hdf5', 't.h5', saved(lambda p: frame[['a']].to_hdf(p, 'k', mode='w', format='table', data_columns=True), '.h5'))
    yield one('pandas-hdf-strings', 'hdf5', 's.h5', saved(lambda p: frame[['a', 's']].to_hdf(p, 'k', mode='w'), '.h5'))
    out = io.BytesIO()
    with h5py.File(out, 'w') as h:
        h.attrs['config'] = json.dumps({'loss': 'mse', 'eval': 'os.path'})
        h.attrs['note'] = 'run `pip install h5py` and call subprocess with care'
        h.create_dataset('c', data=np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')]))
        h.create_dataset('v', (2,), dtype=h5py.vlen_dtype('i4'))
        h['r'] = h['c'].ref
    yield one('h5py-compound', 'hdf5', 'data.hdf5', out.getvalue())


def r_models():
    script = '''
    f <- commandArgs(TRUE)[1]
    saveRDS(arima(lh, order = c(1, 0, 0)), file.path(f, "arima.rds"))
    saveRDS(hclust(dist(USArrests)), file.path(f, "hclust.rds"))
    saveRDS(smooth.spline(cars$speed, cars$dist), file.path(f, "spline.rds"), compress = "xz")
    saveRDS(aov(yield ~ block + N * P, npk), file.path(f, "aov.rds"))
    saveRDS(splines::bs(women$height, df = 5), file.path(f, "bs.rds"))
    saveRDS(step(lm(mpg ~ wt + hp + qsec, mtcars), trace = 0), file.path(f, "step.rds"))
    saveRDS(stats::HoltWinters(co2), file.path(f, "hw.rds"))
    predict_one <- function(m, x) { y <- predict(m, x); round(y, 2) }
    m <- lm(mpg ~ poly(wt, 2), mtcars)
    save(predict_one, m, file = file.path(f, "bundle.RData"))
    setClass("Acme", representation(w = "numeric")); saveRDS(new("Acme", w = 1:3 / 2), file.path(f, "s4.rds"))
    '''
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's.R')
        with open(path, 'w') as file:
            file.write(script)
        subprocess.run(['Rscript', path, folder], check=True, capture_output=True)
        for name in sorted(os.listdir(folder)):
            if name != 's.R':
                yield one(f'r-{name}', 'rds', name, open(os.path.join(folder, name), 'rb').read())


def served():
    weights = f.safetensors([('w', 'F32', [1], b'\0' * 4)])
    normal = {'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '▁'}, {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'}]}
    decoder = {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '▁'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}, {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}]}
    added = [{'id': i, 'content': c, 'special': True, 'lstrip': False, 'normalized': False, 'rstrip': False, 'single_word': False} for i, c in enumerate(['<unk>', '<s>', '</s>'])]
    llama = {'version': '1.0', 'added_tokens': added, 'normalizer': normal, 'decoder': decoder, 'model': {'type': 'BPE', 'unk_token': '<unk>', 'byte_fallback': True, 'vocab': {'<unk>': 0, '<s>': 1, '</s>': 2, '▁a': 3, 'https': 4, 'system': 5}, 'merges': ['▁ a']}}
    config = {'tokenizer_class': 'LlamaTokenizer', 'bos_token': {'__type': 'AddedToken', 'content': '<s>'}, 'added_tokens_decoder': {str(a['id']): {'content': a['content'], 'special': True} for a in added}}
    yield repo('tokenizer-llama', 'hf-repo', {'tokenizer.json': json.dumps(llama), 'tokenizer_config.json': json.dumps(config), 'special_tokens_map.json': '{"bos_token": "<s>", "eos_token": "</s>"}', 'config.json': '{"model_type": "llama"}', 'model.safetensors': weights})
    unigram = {'version': '1.0', 'added_tokens': [{'id': 0, 'content': '<pad>', 'special': True}, {'id': 1, 'content': '</s>', 'special': True}, {'id': 4, 'content': '<extra_id_0>', 'special': True}], 'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'Precompiled', 'precompiled_charsmap': 'ALQC'}, {'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': '▁'}, {'type': 'Replace', 'pattern': {'String': '``'}, 'content': '"'}]}, 'model': {'type': 'Unigram', 'unk_id': 2, 'vocab': [['<pad>', 0.0], ['</s>', 0.0], ['<unk>', 0.0], ['▁', -2.0]]}}
    yield one('tokenizer-t5', 'hf-tokenizer', 'tokenizer.json', json.dumps(unigram), True)
    backend = 'import json\n\nimport numpy as np\nimport triton_python_backend_utils as pb_utils\n\n\nclass TritonPythonModel:\n    def initialize(self, args):\n        self.config = json.loads(args["model_config"])\n\n    def execute(self, requests):\n        out = []\n        for request in requests:\n            x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()\n            out.append(pb_utils.InferenceResponse(output_tensors=[pb_utils.Tensor("y", np.log1p(x))]))\n        return out\n'
    yield repo('triton-ensemble', 'triton', {'pre/config.pbtxt': 'name: "pre"\nbackend: "python"\nmax_batch_size: 8\ninstance_group [{ kind: KIND_CPU }]\n', 'pre/1/model.py': backend, 'all/config.pbtxt': 'name: "all"\nplatform: "ensemble"\nensemble_scheduling {\n  step [ { model_name: "pre" model_version: -1 input_map { key: "x" value: "X" } } ]\n}\n', 'all/1/.keep': ''})
    yield repo('triton-packed-env', 'triton', {'pre/config.pbtxt': 'name: "pre"\nbackend: "python"\nparameters: {\n  key: "EXECUTION_ENV_PATH"\n  value: { string_value: "$$TRITON_MODEL_DIRECTORY/env.tar.gz" }\n}\n', 'pre/1/model.py': backend, 'pre/env.tar.gz': tar_of([('lib/python3.10/site-packages/acme.py', b'x = 1\n')], 'w:gz')})
    service = 'from __future__ import annotations\n\nimport bentoml\nimport joblib\nimport numpy as np\n\n\n@bentoml.service(resources={"cpu": "2"})\nclass Iris:\n    model = bentoml.models.get("iris:latest")\n\n    def __init__(self):\n        self.clf = joblib.load(self.model.path_of("clf.joblib"))\n\n    @bentoml.api\n    def predict(self, x: np.ndarray) -> np.ndarray:\n        return self.clf.predict(x)\n'
    yield repo('bento', 'bentoml', {'bentofile.yaml': 'service: "service:Iris"\nlabels:\n  owner: team\ninclude:\n  - "*.py"\npython:\n  packages:\n    - scikit-learn\n    - joblib\n', 'service.py': service})
    with_env = 'artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n      virtualenv: python_env.yaml\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    predict_fn: predict\n    python_version: 3.10.9\n  sklearn:\n    code: null\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n    sklearn_version: 1.2.1\nmlflow_version: 2.9.2\n'
    from sklearn.linear_model import Ridge

    yield repo('mlflow-sklearn', 'mlflow', {'MLmodel': with_env, 'conda.yaml': 'channels:\n- conda-forge\ndependencies:\n- python=3.10.9\n- pip<=23\n- pip:\n  - mlflow==2.9.2\n  - scikit-learn==1.2.1\nname: mlflow-env\n', 'python_env.yaml': 'python: 3.10.9\nbuild_dependencies:\n- pip==23.0\ndependencies:\n- -r requirements.txt\n', 'requirements.txt': 'mlflow==2.9.2\nscikit-learn==1.2.1\n', 'model.pkl': pickle.dumps(Ridge().fit([[1.0], [2]], [1, 2]))})
    yield repo('mlserver', 'mlserver', {'model-settings.json': json.dumps({'name': 'iris', 'implementation': 'mlserver_sklearn.SKLearnModel', 'parameters': {'uri': './model.pkl', 'version': 'v1'}}), 'settings.json': '{"debug": true}', 'model.pkl': pickle.dumps(Ridge())})
    yield repo('spacy', 'spacy', {'config.cfg': '[paths]\ntrain = null\n\n[nlp]\nlang = "en"\npipeline = ["tok2vec","ner"]\ntokenizer = {"@tokenizers":"spacy.Tokenizer.v1"}\n\n[components.ner]\nfactory = "ner"\n\n[components.ner.model]\n@architectures = "spacy.TransitionBasedParser.v2"\nstate_type = "ner"\n', 'meta.json': '{"lang": "en", "name": "core_web_sm", "version": "3.7.0", "requirements": ["spacy>=3.7"]}', 'tokenizer': b'\x83\xadprefix_search\xa1x\xadsuffix_search\xa1y\xaeinfix_finditer\xa1z', 'vocab/strings.json': '["a", "eval", "os.system"]', 'vocab/vectors.cfg': '{"mode": "default"}'})
    repository = {'config.json': json.dumps({'model_type': 'bert', 'architectures': ['BertModel']}), 'model.safetensors': weights, 'tokenizer.json': json.dumps(llama), 'README.md': '---\nlicense: mit\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# M\n', 'requirements.txt': 'torch>=2\ntransformers\n'}
    yield one('zip-of-repository', 'hf-repo', 'model.zip', zip_of([('m/' + name, data) for name, data in repository.items()]), True)
    yield one('tgz-of-repository', 'hf-repo', 'model.tar.gz', tar_of([('m/' + name, data if isinstance(data, bytes) else data.encode()) for name, data in repository.items()], 'w:gz'), True)
    code = {'config.json': json.dumps({'auto_map': {'AutoModel': 'modeling_a.A', 'AutoConfig': 'configuration_a.C'}}), 'modeling_a.py': 'import torch\nfrom torch import nn\nfrom .configuration_a import C\n\n\nclass A(nn.Module):\n    def __init__(self, config):\n        super().__init__()\n        self.fc = nn.Linear(config.width, 2)\n\n    def forward(self, x):\n        return self.fc(x)\n', 'configuration_a.py': 'from transformers import PretrainedConfig\n\n\nclass C(PretrainedConfig):\n    model_type = "a"\n\n    def __init__(self, width=4, **kwargs):\n        self.width = width\n        super().__init__(**kwargs)\n', 'model.safetensors': weights}
    yield repo('remote-code', 'hf-repo', code)
    yield repo('custom-pipelines', 'hf-repo', {**code, 'config.json': json.dumps({'custom_pipelines': {'pair-classification': {'impl': 'pair.PairPipeline', 'pt': ['AutoModelForSequenceClassification'], 'tf': []}}}), 'pair.py': 'import numpy as np\nfrom transformers import Pipeline\n\n\nclass PairPipeline(Pipeline):\n    def _sanitize_parameters(self, **kwargs):\n        return {}, {}, {}\n\n    def preprocess(self, text, second_text=None):\n        return self.tokenizer(text, text_pair=second_text, return_tensors=self.framework)\n\n    def _forward(self, inputs):\n        return self.model(**inputs)\n\n    def postprocess(self, out):\n        return np.exp(out.logits[0].numpy()).tolist()\n'})
    yield repo('card-git-install', 'hf-repo', {**repository, 'README.md': '---\nlicense: mit\nlibrary_name: diffusers\nwidget:\n- text: hi\n---\n# M\n\n```bash\npip install git+https://github.com/huggingface/diffusers\n```\n', 'requirements.txt': 'torch\ngit+https://github.com/huggingface/transformers\n'})


def all_items():
    for group in (learned, statistics, figures, networks, graphs, r_models, served):
        yield from group()
