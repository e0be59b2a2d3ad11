"""The benign half: ordinary files as the real frameworks write them. Each item: (technique, format, {name: bytes}, synthetic)."""
import bz2
import collections
import datetime
import decimal
import enum
import fractions
import functools
import gzip
import io
import json
import lzma
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import uuid
import warnings
import zipfile
import zlib

import formats as f
from carriers import tar_of, zip_of

warnings.simplefilter('ignore')


def one(technique, fmt, name, data, synthetic=False):
    return technique, fmt, {name: data if isinstance(data, bytes) else data.encode()}, synthetic


def saved(save, suffix):
    """Bytes of what `save(path)` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'm' + suffix)
        save(path)
        with open(path, 'rb') as file:
            return file.read()


def sklearn_models():
    import joblib
    import numpy as np
    from sklearn import cluster, compose, decomposition, ensemble, feature_extraction, linear_model, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree, gaussian_process, impute, isotonic, mixture, multioutput, model_selection, feature_selection, discriminant_analysis, calibration, dummy, manifold, random_projection, kernel_ridge, semi_supervised

    rng = np.random.RandomState(0)
    x, y = rng.rand(60, 5), rng.randint(0, 2, 60)
    docs = ['use eval( with care', 'os.system is a call', 'import subprocess now', 'exec( code )', 'plain words here'] * 4
    models = {
        'forest': ensemble.RandomForestClassifier(5),
        'extra': ensemble.ExtraTreesRegressor(3),
        'gbm': ensemble.GradientBoostingClassifier(n_estimators=3),
        'hist': ensemble.HistGradientBoostingClassifier(max_iter=3),
        'ada': ensemble.AdaBoostClassifier(n_estimators=3),
        'isolation': ensemble.IsolationForest(n_estimators=3),
        'vote': ensemble.VotingClassifier([('a', tree.DecisionTreeClassifier()), ('b', linear_model.LogisticRegression())]),
        'stack': ensemble.StackingClassifier([('a', tree.DecisionTreeClassifier()), ('b', naive_bayes.GaussianNB())]),
        'logistic': linear_model.LogisticRegression(),
        'lasso': linear_model.LassoCV(cv=3),
        'sgd': linear_model.SGDClassifier(),
        'ridge': linear_model.RidgeClassifier(),
        'svc': svm.SVC(probability=True),
        'linear-svc': svm.LinearSVC(),
        'knn': neighbors.KNeighborsClassifier(algorithm='kd_tree'),
        'ball': neighbors.KNeighborsClassifier(algorithm='ball_tree', metric='manhattan'),
        'mlp': neural_network.MLPClassifier((4,), max_iter=20),
        'kmeans': cluster.KMeans(2, n_init=2),
        'dbscan': cluster.DBSCAN(),
        'agglomerative': cluster.AgglomerativeClustering(),
        'birch': cluster.Birch(n_clusters=2),
        'pca': decomposition.PCA(2),
        'nmf': decomposition.NMF(2, max_iter=50),
        'lda': decomposition.LatentDirichletAllocation(2, max_iter=2),
        'gp': gaussian_process.GaussianProcessRegressor(),
        'gmm': mixture.GaussianMixture(2),
        'tree': tree.DecisionTreeRegressor(),
        'calibrated': calibration.CalibratedClassifierCV(naive_bayes.GaussianNB(), cv=2),
        'grid': model_selection.GridSearchCV(tree.DecisionTreeClassifier(), {'max_depth': [1, 2]}, cv=2),
        'qda': discriminant_analysis.QuadraticDiscriminantAnalysis(),
        'dummy': dummy.DummyClassifier(),
        'kernel-ridge': kernel_ridge.KernelRidge(),
        'selfs': semi_supervised.LabelPropagation(),
        'rfe': feature_selection.RFE(linear_model.LogisticRegression(), n_features_to_select=2),
        'pipeline': pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler(), preprocessing.PolynomialFeatures(2), linear_model.LogisticRegression()),
        'columns': pipeline.Pipeline([('c', compose.ColumnTransformer([('n', preprocessing.MinMaxScaler(), [0, 1]), ('q', preprocessing.QuantileTransformer(n_quantiles=10), [2, 3])])), ('m', ensemble.RandomForestClassifier(2))]),
        'function': pipeline.make_pipeline(preprocessing.FunctionTransformer(np.log1p), linear_model.LinearRegression()),
    }
    for i, (name, model) in enumerate(models.items()):
        model.fit(x, y)
        if i % 2:
            yield one(f'sklearn-{name}', 'pickle', 'model.pkl', pickle.dumps(model, protocol=2 + i % 4))
        else:
            compress = [0, 3, ('gzip', 3), ('bz2', 3), ('lzma', 3), ('xz', 3), ('lz4', 3)][i // 2 % 7]
            yield one(f'sklearn-{name}', 'joblib', 'model.joblib', saved(lambda p: joblib.dump(model, p, compress=compress), '.joblib'))
    text = pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(token_pattern=r'\S+', ngram_range=(1, 2)), naive_bayes.MultinomialNB())
    text.fit(docs, [0, 1] * 10)
    yield one('sklearn-tfidf-words', 'pickle', 'model.pkl', pickle.dumps(text))
    yield one('sklearn-tfidf-words-joblib', 'joblib', 'model.joblib', saved(lambda p: joblib.dump(text, p), '.joblib'))
    yield one('sklearn-hashing', 'pickle', 'v.pkl', pickle.dumps(feature_extraction.text.HashingVectorizer(n_features=16)))
    encoder = preprocessing.OneHotEncoder().fit(np.array([['a', 'eval('], ['b', 'os.system']], dtype=object))
    yield one('sklearn-onehot-objects', 'joblib', 'e.joblib', saved(lambda p: joblib.dump(encoder, p), '.joblib'))


def torch_models():
    import torch
    import torchvision

    torch.manual_seed(0)
    nets = {
        'mlp': torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(8, 2)),
        'conv': torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.MaxPool2d(2), torch.nn.Flatten()),
        'lstm': torch.nn.LSTM(4, 8, 2, bidirectional=True),
        'transformer': torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(8, 2, 16), 1),
        'embedding': torch.nn.ModuleDict({'e': torch.nn.Embedding(10, 4), 'n': torch.nn.LayerNorm(4), 'g': torch.nn.GELU()}),
        'mobilenet': torchvision.models.mobilenet_v3_small(),
        'squeezenet': torchvision.models.squeezenet1_0(),
    }

    def dumped(value, zipped=True):
        out = io.BytesIO()
        torch.save(value, out, _use_new_zipfile_serialization=zipped)
        return out.getvalue()

    for name, net in nets.items():
        yield one(f'torch-state-{name}', 'pytorch-zip', 'model.pt', dumped(net.state_dict()))
        yield one(f'torch-full-{name}', 'pytorch-zip', 'model.pth', dumped(net))
        if name != 'mobilenet':
            yield one(f'torch-legacy-{name}', 'pytorch-legacy', 'model.bin', dumped(net if name == 'mlp' else net.state_dict(), False))
    net = nets['mlp']
    for name, make in {'adam': torch.optim.Adam, 'sgd': lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), 'adamw': torch.optim.AdamW}.items():
        opt = make(net.parameters())
        net(torch.rand(2, 4)).sum().backward()
        opt.step()
        checkpoint = {'epoch': 3, 'model': net.state_dict(), 'optimizer': opt.state_dict(), 'args': {'lr': 0.1, 'cmd': 'python train.py --eval'}, 'rng': torch.get_rng_state(), 'when': datetime.datetime(2024, 1, 2)}
        yield one(f'torch-checkpoint-{name}', 'pytorch-zip', 'ckpt.ckpt', dumped(checkpoint))
    for dtype in (torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.complex64, torch.float64):
        yield one(f'torch-tensor-{str(dtype)[6:]}', 'pytorch-zip', 't.pt', dumped(torch.ones(3, 3).to(dtype)))
    yield one('torch-sparse', 'pytorch-zip', 't.pt', dumped(torch.eye(3).to_sparse()))
    yield one('torch-quantized', 'pytorch-zip', 't.pt', dumped(torch.quantize_per_tensor(torch.rand(4), 0.1, 0, torch.quint8)))
    yield one('torch-parameter', 'pytorch-zip', 't.pt', dumped(torch.nn.Parameter(torch.rand(2))))
    yield one('torch-random-bytes', 'pytorch-zip', 'big.pt', dumped({'w': torch.frombuffer(bytearray(os.urandom(4_000_000)), dtype=torch.uint8)}))
    for name in ('mlp', 'conv', 'mobilenet', 'lstm'):
        scripted = torch.jit.script(nets[name].eval())
        yield one(f'jit-script-{name}', 'torchscript', 'model.pt', saved(lambda p: torch.jit.save(scripted, p), '.pt'))
    traced = torch.jit.trace(nets['conv'].eval(), torch.rand(1, 3, 8, 8))
    yield one('jit-trace-conv', 'torchscript', 'traced.pt', saved(lambda p: torch.jit.save(traced, p), '.pt'))
    yield one('torch-pickle', 'pickle', 'tensor.pkl', pickle.dumps(torch.rand(3)))


def python_objects():
    import array

    Point = collections.namedtuple('Point', 'x y')
    values = {
        'datetime': [datetime.datetime.now(datetime.timezone.utc), datetime.date(2024, 1, 1), datetime.timedelta(3), datetime.time(1)],
        'uuid': [uuid.uuid4(), uuid.UUID(int=7)],
        'chainmap': collections.ChainMap({'a': 1}, {'b': 2}),
        'counter': collections.Counter('abracadabra'),
        'defaultdict': collections.defaultdict(list, {'a': [1]}),
        'ordered': collections.OrderedDict(a=1),
        'deque': collections.deque([1, 2], 4),
        'decimal': [decimal.Decimal('1.5'), fractions.Fraction(1, 3)],
        'partial': functools.partial(int, base=2),
        'path': [pathlib.PurePosixPath('a/b'), pathlib.PosixPath('x')],
        'sets': {'s': {1, 2}, 'f': frozenset('ab'), 'b': bytearray(b'x'), 'c': 1j, 'r': range(3), 'sl': slice(1, 2)},
        'array': array.array('d', [1.0, 2.0]),
        'big-int': [2**100, -(2**70)],
        'words': ['eval(', 'os.system', '__import__', 'subprocess.Popen(["sh"])', 'cos\nsystem\n(S"x"\ntR.'],
        'nested': {'a': [{'b': (1, 2, (3, [4, {'c': None}]))}]},
        'exception': ValueError('x'),
    }
    for i, (name, value) in enumerate(values.items()):
        yield one(f'python-{name}', 'pickle', ['o.pkl', 'o.pickle', 'o.dat', 'o.bin'][i % 4], pickle.dumps(value, protocol=i % 6))
    yield one('pickle-strings-gz', 'pickle', 'w.pkl.gz', gzip.compress(pickle.dumps(values['words'])))
    import dill

    yield one('dill-data', 'pickle', 'd.dill', dill.dumps({'a': [1, 2.5, 'x'], 't': int}))
    import cloudpickle

    yield one('cloudpickle-data', 'pickle', 'c.pkl', cloudpickle.dumps({'a': [1, 2.5, 'x'], 'd': datetime.date(2024, 1, 1)}))


def arrays():
    import numpy as np

    items = {
        'float': np.random.rand(100),
        'int': np.arange(10),
        'unicode': np.array(['a', 'eval(']),
        'bytes': np.array([b'a', b'bcd']),
        'dates': np.array(['2024-01-01'], dtype='datetime64[D]'),
        'structured': np.array([(1, 2.0, 'x')], dtype=[('a', 'i4'), ('b', 'f8'), ('c', 'U5')]),
        'nested': np.zeros(3, dtype=[('p', [('x', 'f4'), ('y', 'f4', (2, 3))]), ('t', 'S3')]),
        'scalar': np.array(3.5),
        'empty': np.zeros((0, 3)),
        'fortran': np.asfortranarray(np.random.rand(3, 4)),
        'bool': np.array([True, False]),
        'half': np.random.rand(5).astype('f2'),
        'big-endian': np.arange(5, dtype='>i4'),
    }
    for name, value in items.items():
        yield one(f'npy-{name}', 'npy', 'a.npy', saved(lambda p: np.save(p, value), '.npy'))
    yield one('npz', 'npz', 'a.npz', saved(lambda p: np.savez(p, **{k: v for k, v in items.items()}), '.npz'))
    yield one('npz-compressed', 'npz', 'a.npz', saved(lambda p: np.savez_compressed(p, a=items['float']), '.npz'))
    yield one('npy-objects', 'npy', 'o.npy', saved(lambda p: np.save(p, np.array([{'a': 1}, None, 'eval('], dtype=object), allow_pickle=True), '.npy'))
    for name in ('float', 'structured', 'dates', 'fortran'):
        yield one(f'numpy-pickle-{name}', 'pickle', 'a.pkl', pickle.dumps(items[name]))
    yield one('numpy-generator', 'pickle', 'rng.pkl', pickle.dumps([np.random.default_rng(1), np.random.RandomState(1)]))
    yield one('numpy-masked', 'pickle', 'm.pkl', pickle.dumps(np.ma.array([1, 2], mask=[0, 1])))
    import scipy.sparse

    yield one('scipy-sparse', 'pickle', 's.pkl', pickle.dumps(scipy.sparse.csr_matrix(np.eye(3))))
    yield one('scipy-npz', 'npz', 's.npz', saved(lambda p: scipy.sparse.save_npz(p, scipy.sparse.csr_matrix(np.eye(3))), '.npz'))


def frames():
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame({'a': [1, 2, 3], 'b': ['x', 'eval(', None], 'c': pd.Categorical(['u', 'v', 'u']), 'd': pd.date_range('2024-01-01', periods=3), 'e': pd.array([1, None, 3], dtype='Int64')})
    yield one('pandas-frame', 'pickle', 'f.pkl', saved(lambda p: frame.to_pickle(p), '.pkl'))
    yield one('pandas-frame-gz', 'pickle', 'f.pkl.gz', saved(lambda p: frame.to_pickle(p), '.pkl.gz'))
    yield one('pandas-frame-xz', 'pickle', 'f.pkl.xz', saved(lambda p: frame.to_pickle(p), '.pkl.xz'))
    yield one('pandas-frame-zip', 'pickle', 'f.zip', saved(lambda p: frame.to_pickle(p), '.zip'))
    yield one('pandas-frame-zst', 'pickle', 'f.pkl.zst', saved(lambda p: frame.to_pickle(p), '.pkl.zst'))
    yield one('pandas-series', 'pickle', 's.pkl', pickle.dumps(frame['d'].dt.tz_localize('UTC')))
    yield one('pandas-multiindex', 'pickle', 'm.pkl', pickle.dumps(frame.set_index(['a', 'b']).T))
    yield one('pandas-interval', 'pickle', 'i.pkl', pickle.dumps(pd.Series(pd.interval_range(0, 3))))
    yield one('pandas-hdf', 'hdf5', 'f.h5', saved(lambda p: frame[['a']].to_hdf(p, 'k', mode='w'), '.h5'))
    yield one('pandas-csv', 'text', 'f.csv', frame.to_csv())


def boosters():
    import numpy as np
    import xgboost as xgb

    data = xgb.DMatrix(np.random.rand(30, 3), label=np.random.randint(0, 2, 30))
    booster = xgb.train({'objective': 'binary:logistic', 'max_depth': 2}, data, 3)
    for suffix in ('.json', '.ubj', '.model'):
        yield one(f'xgboost{suffix}', 'xgboost', 'model' + suffix, saved(lambda p: booster.save_model(p), suffix))
    yield one('xgboost-pickle', 'pickle', 'xgb.pkl', pickle.dumps(booster))
    model = xgb.XGBClassifier(n_estimators=2).fit(np.random.rand(20, 2), np.array([0, 1] * 10))
    yield one('xgboost-sklearn', 'pickle', 'clf.pkl', pickle.dumps(model))


def onnx_models():
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 3])
    y = helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', 2])
    w = numpy_helper.from_array(np.random.rand(3, 2).astype('f4'), 'w')

    def model(nodes, init, opsets=(('', 15),)):
        graph = helper.make_graph(nodes, 'main_graph', [x], [y], init)
        return helper.make_model(graph, producer_name='pytorch', opset_imports=[helper.make_opsetid(d, v) for d, v in opsets])

    simple = model([helper.make_node('MatMul', ['x', 'w'], ['h']), helper.make_node('Relu', ['h'], ['y'])], [w])
    yield one('onnx-simple', 'onnx', 'm.onnx', simple.SerializeToString())
    then = helper.make_graph([helper.make_node('Relu', ['h'], ['a'])], 't', [], [helper.make_tensor_value_info('a', 1, None)])
    other = helper.make_graph([helper.make_node('Tanh', ['h'], ['b'])], 'e', [], [helper.make_tensor_value_info('b', 1, None)])
    cond = helper.make_tensor('c', TensorProto.BOOL, [], [True])
    branch = model([helper.make_node('MatMul', ['x', 'w'], ['h']), helper.make_node('If', ['c'], ['y'], then_branch=then, else_branch=other)], [w, cond])
    yield one('onnx-if', 'onnx', 'm.onnx', branch.SerializeToString())
    ml = model([helper.make_node('LinearRegressor', ['x'], ['y'], domain='ai.onnx.ml', coefficients=[0.1] * 6, targets=2)], [], (('', 15), ('ai.onnx.ml', 2)))
    yield one('onnx-ml', 'onnx', 'm.onnx', ml.SerializeToString())
    ms = model([helper.make_node('MatMul', ['x', 'w'], ['h']), helper.make_node('Gelu', ['h'], ['y'], domain='com.microsoft')], [w], (('', 15), ('com.microsoft', 1)))
    yield one('onnx-microsoft', 'onnx', 'm.onnx', ms.SerializeToString())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'model.onnx')
        onnx.save_model(simple, path, save_as_external_data=True, all_tensors_to_one_file=True, location='model.onnx_data', size_threshold=0)
        files = {name: open(os.path.join(folder, name), 'rb').read() for name in os.listdir(folder)}
    yield 'onnx-external', 'onnx', files, False


def r_models():
    script = '''
    f <- commandArgs(TRUE)[1]
    saveRDS(lm(mpg ~ wt + hp, mtcars), file.path(f, "lm.rds"))
    saveRDS(glm(am ~ wt, binomial, mtcars), file.path(f, "glm.rds"), compress = "xz")
    saveRDS(mtcars, file.path(f, "frame.rds"), compress = FALSE)
    saveRDS(kmeans(mtcars, 3), file.path(f, "kmeans.rds"), version = 2)
    saveRDS(prcomp(mtcars), file.path(f, "pca.rds"), compress = "bzip2")
    saveRDS(loess(mpg ~ wt, mtcars), file.path(f, "loess.rds"))
    saveRDS(nls(mpg ~ a + b * wt, mtcars, start = list(a = 40, b = -5)), file.path(f, "nls.rds"))
    saveRDS(function(x) x + 1, file.path(f, "function.rds"))
    saveRDS(list(a = 1:10, b = letters, c = factor(c("u", "v")), d = Sys.Date()), file.path(f, "list.rds"), ascii = TRUE)
    fit <- lm(mpg ~ wt, mtcars); d <- iris
    save(fit, d, file = file.path(f, "all.rda"))
    save.image(file.path(f, "image.RData"))
    saveRDS(ecdf(mtcars$mpg), file.path(f, "ecdf.rds"))
    '''
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's.R')
        with open(path, 'w') as file:
            file.write(script)
        subprocess.run(['Rscript', path, folder], check=True, capture_output=True)
        for name in sorted(os.listdir(folder)):
            if name != 's.R':
                with open(os.path.join(folder, name), 'rb') as file:
                    yield one(f'r-{name}', 'rds', name, file.read())


def keras_models():
    import h5py
    import numpy as np

    yield one('keras-sequential', 'keras', 'm.keras', f.keras_zip(f.sequential([f.dense(), f.dense('out', 2)])), True)
    nested = f.sequential([f.sequential([f.dense('inner')]), f.dense('out', 1)], compile_config={'optimizer': {'module': 'keras.optimizers', 'class_name': 'Adam', 'config': {'name': 'adam', 'learning_rate': 0.001}, 'registered_name': None}, 'loss': 'mse', 'metrics': ['mae'], 'jit_compile': False})
    yield one('keras-nested', 'keras', 'm.keras', f.keras_zip(nested), True)
    lookup = {'module': 'keras.layers', 'class_name': 'StringLookup', 'config': {'name': 's', 'vocabulary': ['a', 'b', 'eval('], 'num_oov_indices': 1, 'max_tokens': None}, 'registered_name': None}
    yield one('keras-lookup', 'keras', 'm.keras', f.keras_zip(f.sequential([lookup])), True)
    old = {'class_name': 'Sequential', 'config': {'name': 's', 'layers': [{'class_name': 'Dense', 'config': {'name': 'dense', 'trainable': True, 'units': 4, 'activation': 'relu', 'kernel_initializer': {'class_name': 'GlorotUniform', 'config': {'seed': None}}}}, {'class_name': 'Dropout', 'config': {'name': 'd', 'rate': 0.1}}]}}
    training = {'loss': 'categorical_crossentropy', 'metrics': [['accuracy']], 'optimizer_config': {'class_name': 'Adam', 'config': {'learning_rate': 0.001}}}
    yield one('keras-h5', 'keras-h5', 'm.h5', f.keras_h5(old, training), True)
    yield one('keras-json', 'keras-json', 'model.json', json.dumps(old), True)
    out = io.BytesIO()
    with h5py.File(out, 'w', libver='latest') as h:
        g = h.create_group('a/b')
        g.create_dataset('d', data=np.random.rand(100, 10), chunks=(10, 10), compression='gzip')
        g.attrs['note'] = 'eval( is a word'
        h['link'] = h5py.SoftLink('/a/b/d')
        h.create_dataset('s', data=['x', 'y'], dtype=h5py.string_dtype())
    yield one('hdf5-latest', 'hdf5', 'data.h5', out.getvalue())


def tensorflow_graphs():
    save = [f.const_string('prefix', 'model'), f.node('v', 'VarHandleOp', (), [('shared_name', f.pb((2, 'w')))]), f.node('save', 'SaveV2', ('prefix',)), f.node('restore', 'RestoreV2', ('prefix',)), f.node('m', 'MatMul', ('a', 'b'))]
    yield one('tf-savedmodel', 'tf-savedmodel', 'saved_model.pb', f.saved_model(f.graph_def(save, [f.function_def('__inference_call_1', [f.node('r', 'Relu', ('x',)), f.node('s', 'StatefulPartitionedCall', ('x',))])])), True)
    yield one('tf-frozen', 'tf-graphdef', 'frozen.pb', f.graph_def([f.node('x', 'Placeholder'), f.node('c', 'Conv2D', ('x', 'w')), f.node('s', 'Softmax', ('c',))]), True)
    text = 'node {\n  name: "x"\n  op: "Placeholder"\n  attr { key: "dtype" value { type: DT_FLOAT } }\n}\nnode {\n  name: "r"\n  op: "Relu"\n  input: "x"\n}\nversions { producer: 1205 }\n'
    yield one('tf-pbtxt', 'tf-pbtxt', 'graph.pbtxt', text, True)


def hub_repositories():
    tensors = f.safetensors([('w', 'F32', [4], b'\0' * 16), ('b', 'BF16', [2, 2], os.urandom(8))], {'format': 'pt'})
    chat = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
    tools = "{%- if tools %}{{- '<|im_start|>system\\n# Tools\\n' }}{%- for tool in tools %}{{- tool | tojson }}{%- endfor %}{%- endif %}{%- set ns = namespace(last=messages|length - 1) %}{%- for message in messages[::-1] %}{%- if message.role == 'user' and message.content is string and not message.content.startswith('<tool_response>') %}{%- set ns.last = loop.index0 %}{%- endif %}{%- endfor %}{%- for message in messages %}{%- if '</think>' in message.content %}{{- message.content.split('</think>')[-1].lstrip('\\n') }}{%- else %}{{- message.content }}{%- endif %}{%- endfor %}{{- raise_exception('none') if not messages else '' }}"
    vocab = {'[UNK]': 0, 'eval(': 1, 'os.system': 2, 'password': 3, 'sudo': 4}
    readme = '---\nlicense: apache-2.0\nlibrary_name: transformers\n---\n# Acme\n\nContact: me@example.com\n\n```python\nfrom transformers import AutoModel\nmodel = AutoModel.from_pretrained("acme/m", token="hf_xxxxxxxx")\n```\n\n    pip install transformers && python -c "eval(1)"\n'
    base = {
        'README.md': readme.encode(),
        'config.json': json.dumps({'architectures': ['BertModel'], 'model_type': 'bert', 'hidden_size': 8, '_name_or_path': 'bert-base-uncased', 'transformers_version': '4.40.0'}).encode(),
        'model.safetensors': tensors,
        'tokenizer_config.json': json.dumps({'chat_template': chat, 'tokenizer_class': 'PreTrainedTokenizerFast', 'model_max_length': 512}).encode(),
        'tokenizer.json': json.dumps({'version': '1.0', 'added_tokens': [{'id': 0, 'content': '[UNK]', 'special': True}], 'model': {'type': 'WordPiece', 'unk_token': '[UNK]', 'vocab': vocab}}).encode(),
        'special_tokens_map.json': b'{"unk_token": "[UNK]"}',
        'generation_config.json': b'{"do_sample": true, "temperature": 0.6}',
        'vocab.txt': b'[UNK]\neval(\nos.system\n',
        'merges.txt': b'#version: 0.2\ne v\nev al\n',
        '.gitattributes': b'*.safetensors filter=lfs diff=lfs merge=lfs -text\n',
        'LICENSE': b'Apache License\nVersion 2.0, January 2004\n',
    }
    yield 'hub-bert', 'hf-repo', base, True
    yield 'hub-qwen-like', 'hf-repo', {**base, 'tokenizer_config.json': json.dumps({'chat_template': tools}).encode(), 'chat_template.jinja': tools.encode()}, True
    yield 'hub-sharded', 'hf-repo', {**base, 'model-00001-of-00002.safetensors': tensors, 'model-00002-of-00002.safetensors': tensors, 'model.safetensors.index.json': json.dumps({'metadata': {'total_size': 48}, 'weight_map': {'w': 'model-00001-of-00002.safetensors', 'b': 'model-00002-of-00002.safetensors'}}).encode()}, True
    import torch

    out = io.BytesIO()
    torch.save({'w': torch.zeros(4)}, out)
    yield 'hub-both-weights', 'hf-repo', {**base, 'pytorch_model.bin': out.getvalue()}, True
    sentence = [{'idx': 0, 'name': '0', 'path': '', 'type': 'sentence_transformers.models.Transformer'}, {'idx': 1, 'name': '1', 'path': '1_Pooling', 'type': 'sentence_transformers.models.Pooling'}]
    yield 'hub-sentence', 'hf-repo', {**base, 'modules.json': json.dumps(sentence).encode(), '1_Pooling/config.json': b'{"word_embedding_dimension": 8, "pooling_mode_mean_tokens": true}', 'sentence_bert_config.json': b'{"max_seq_length": 128}', 'config_sentence_transformers.json': b'{"__version__": {"sentence_transformers": "2.2.2"}}'}, True
    diffusers = {'_class_name': 'StableDiffusionPipeline', '_diffusers_version': '0.21.0', 'unet': ['diffusers', 'UNet2DConditionModel'], 'text_encoder': ['transformers', 'CLIPTextModel'], 'safety_checker': [None, None]}
    yield 'hub-diffusers', 'hf-repo', {'model_index.json': json.dumps(diffusers).encode(), 'unet/config.json': b'{"_class_name": "UNet2DConditionModel"}', 'unet/diffusion_pytorch_model.safetensors': tensors, 'scheduler/scheduler_config.json': b'{"_class_name": "PNDMScheduler", "beta_end": 0.012}'}, True
    yield 'hub-peft', 'hf-repo', {'adapter_config.json': json.dumps({'peft_type': 'LORA', 'r': 8, 'base_model_name_or_path': 'meta-llama/Llama-2-7b', 'auto_mapping': None, 'target_modules': ['q_proj']}).encode(), 'adapter_model.safetensors': tensors, 'training_args.bin': saved(lambda p: torch.save(collections.OrderedDict(lr=0.1), p), '.bin')}, True
    everything = {
        **base,
        'logo.png': f.png(),
        'spiece.model': f.sentencepiece(['<unk>', '<s>', 'a', 'eval(']),
        'runs/events.out.tfevents.1700000000.host': f.tfevents(),
        'trainer_state.json': b'{"epoch": 1.0, "log_history": [{"loss": 0.5}]}',
        'optimizer.pt': saved(lambda p: torch.save(torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))]).state_dict(), p), '.pt'),
        'rng_state.pth': saved(lambda p: torch.save({'cpu': torch.get_rng_state()}, p), '.pth'),
        'tf_model.h5': f.keras_h5({'class_name': 'Sequential', 'config': {'name': 's', 'layers': []}}),
        'data/train.csv': b'text,label\nhello,1\n',
        'vocab.json': json.dumps(vocab).encode(),
        'eval_results.txt': b'accuracy = 0.9\n',
        'onnx/model.onnx': next(item[2]['m.onnx'] for item in onnx_models() if item[0] == 'onnx-simple'),
        'run.sh': b'#!/bin/bash\nset -e\npython train.py --lr 0.1\n',
        'Makefile': b'all:\n\tpython train.py\n',
        'requirements.txt': b'torch\ntransformers\n',
        'requirements-dev.txt': b'-r requirements.txt\npytest>=7\n',
        '.gitignore': b'*.pyc\n',
        'train.py': b'import argparse\nimport torch\nfrom transformers import Trainer\n\nif __name__ == "__main__":\n    p = argparse.ArgumentParser()\n    p.add_argument("--lr", type=float)\n    print(p.parse_args())\n',
    }
    yield 'hub-everything', 'hf-repo', everything, True
    yield one('tflite-plain', 'tflite', 'm.tflite', f.tflite(None, 9), True)
    yield one('tflite-detection', 'tflite', 'd.tflite', f.tflite('TFLite_Detection_PostProcess'), True)
    yield one('sentencepiece', 'sentencepiece', 'tokenizer.model', f.sentencepiece(['<unk>', '<s>', '</s>', 'a']), True)
    yield one('tensorboard', 'tfrecord', 'events.out.tfevents.1', f.tfevents(), True)
    yield one('picture', 'png', 'sample.png', f.png())
    yield one('compvis-plain', 'hydra', 'v1-inference.yaml', 'model:\n  base_learning_rate: 1.0e-04\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params:\n    linear_start: 0.00085\n', True)
    yield one('lightgbm-text', 'lightgbm', 'model.txt', 'tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=binary sigmoid:1\nfeature_names=a b\nfeature_infos=[0:1] [0:1]\ntree_sizes=200\n\nTree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=0.1 -0.1\nleaf_weight=1 1\nleaf_count=10 10\ninternal_value=0\ninternal_weight=0\ninternal_count=20\nis_linear=0\nshrinkage=1\n\n\nend of trees\n\nfeature_importances:\na=1\n\nparameters:\n[boosting: gbdt]\n[objective: binary]\n\nend of parameters\n\npandas_categorical:null\n', True)
    yield one('kubernetes-yaml', 'yaml', 'serve.yaml', 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: m}\nspec:\n  predictor:\n    model:\n      modelFormat: {name: sklearn}\n      storageUri: gs://kfserving-examples/models/sklearn/1.0/model\n', True)
    yield one('mlflow-plain', 'mlflow', 'MLmodel', 'artifact_path: model\nflavors:\n  python_function:\n    env: {conda: conda.yaml, virtualenv: python_env.yaml}\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    python_version: 3.11.0\n  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n    sklearn_version: 1.3.0\nmlflow_version: 2.9.0\nmodel_uuid: 5c6f1c2e\n', True)
    modeling = 'import math\nfrom typing import Optional\n\nimport torch\nfrom torch import nn\nfrom transformers import PretrainedConfig, PreTrainedModel\nfrom transformers.utils import logging\n\ntry:\n    from flash_attn import flash_attn_func\nexcept ImportError:\n    flash_attn_func = None\n\nlogger = logging.get_logger(__name__)\n\n\nclass AcmeConfig(PretrainedConfig):\n    model_type = "acme"\n\n    def __init__(self, hidden_size=8, **kwargs):\n        self.hidden_size = hidden_size\n        super().__init__(**kwargs)\n\n\nclass AcmeModel(PreTrainedModel):\n    config_class = AcmeConfig\n\n    def __init__(self, config):\n        super().__init__(config)\n        self.l = nn.Linear(config.hidden_size, config.hidden_size)\n        self.eval()\n\n    def forward(self, x: Optional[torch.Tensor] = None):\n        return torch.compile(self.l)(x) * math.sqrt(2)\n'
    yield 'python-modeling', 'python', {'modeling_acme.py': modeling.encode()}, True
    yield one('notebook-plain', 'notebook', 'demo.ipynb', json.dumps({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [{'cell_type': 'code', 'metadata': {}, 'outputs': [], 'execution_count': 1, 'source': ['!pip install -q transformers\n', 'import torch\n', 'model.eval()\n']}]}), True)
    yield one('requirements-plain', 'requirements', 'requirements.txt', 'torch>=2.0\ntransformers==4.40.0\nnumpy\nscikit-learn~=1.4\n', True)
    yield one('hydra-plain', 'hydra', 'config.yaml', 'model:\n  _target_: torch.nn.Linear\n  in_features: 4\n  out_features: 2\noptimizer:\n  _target_: torch.optim.AdamW\n  lr: 0.001\n', True)
    yield one('yaml-plain', 'yaml', 'data.yaml', 'names: [cat, dog]\nnc: 2\ntrain: ../train/images\nbase: &b {lr: 0.1}\nrun: *b\n', True)
    yield one('modelfile', 'text', 'Modelfile', 'FROM ./m.gguf\nTEMPLATE """{{ if .System }}{{ .System }}{{ end }}{{ .Prompt }}"""\nPARAMETER temperature 0.7\n', True)
    yield one('gguf-chat', 'gguf', 'm.gguf', f.gguf([('general.architecture', 'llama'), ('general.name', 'Acme'), ('tokenizer.chat_template', chat), ('tokenizer.ggml.tokens', ['<s>', 'eval(', 'os.system'])], [('w', 16), ('b', 4)]), True)
    yield one('gguf-tools', 'gguf', 'm.gguf', f.gguf([('general.architecture', 'qwen2'), ('tokenizer.chat_template', tools)]), True)
    yield one('safetensors-random', 'safetensors', 'm.safetensors', f.safetensors([('w', 'U8', [3_000_000], os.urandom(3_000_000))]), True)
    yield one('skops-plain', 'skops', 'm.skops', zip_of([('schema.json', json.dumps({'__class__': 'LogisticRegression', '__module__': 'sklearn.linear_model._logistic', '__loader__': 'ObjectNode', 'content': {'__class__': 'dict', '__module__': 'builtins', '__loader__': 'DictNode', 'key_types': {'__class__': 'list', '__module__': 'builtins', '__loader__': 'ListNode', 'content': [{'__class__': 'str', '__module__': 'builtins', '__loader__': 'TypeNode', '__id__': 3}], '__id__': 5}, 'content': {'C': {'__class__': 'str', '__module__': 'builtins', '__loader__': 'JsonNode', 'content': '1.0', 'is_json': True, '__id__': 6}}, '__id__': 7}, '__id__': 8, 'protocol': 2, '_skops_version': '0.10.0'}))]), True)
    yield one('mar-plain', 'torchserve', 'm.mar', zip_of([('MAR-INF/MANIFEST.json', json.dumps({'createdOn': '01/01/2024', 'runtime': 'python', 'model': {'modelName': 'm', 'serializedFile': 'm.pt', 'handler': 'image_classifier', 'modelVersion': '1.0'}})), ('m.pt', out.getvalue())]), True)
    yield one('tar-plain', 'tar', 'm.tar.gz', tar_of([('model/model.safetensors', tensors), ('model/config.json', b'{"model_type": "bert"}')], 'w:gz'))
    mx = {'nodes': [{'op': 'null', 'name': 'data', 'inputs': []}, {'op': 'FullyConnected', 'name': 'fc', 'attrs': {'num_hidden': '10'}, 'inputs': [[0, 0, 0]]}], 'arg_nodes': [0], 'heads': [[1, 0, 0]], 'attrs': {'mxnet_version': ['int', 10900]}}
    yield one('mxnet-plain', 'mxnet', 'm-symbol.json', json.dumps(mx), True)
    yield one('openvino-plain', 'openvino', 'm.xml', '<?xml version="1.0"?>\n<net name="m" version="11"><layers><layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,3" element_type="f32"/><output><port id="0" precision="FP32"><dim>1</dim><dim>3</dim></port></output></layer><layer id="1" name="r" type="ReLU" version="opset1"><input><port id="0"/></input><output><port id="1"/></output></layer></layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges><rt_info/></net>', True)
    yield one('pmml-plain', 'pmml', 'm.pmml', '<?xml version="1.0" encoding="UTF-8"?>\n<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header><Application name="sklearn2pmml"/></Header><DataDictionary><DataField name="x" optype="continuous" dataType="double"/></DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/></MiningSchema><RegressionTable intercept="1.0"/></RegressionModel></PMML>', True)
    yield one('coreml-plain', 'coreml', 'm.mlmodel', f.pb((1, 4), (2, f.pb((1, f.pb((1, 'x'))), (10, f.pb((1, 'y'))), (100, f.pb((1, 'a model'))))), (500, f.pb((1, f.pb((1, 'fc'), (2, 'x'), (3, 'y'), (140, f.pb((1, 3), (2, 2)))))))), True)
    import msgpack

    yield one('flax-msgpack', 'flax', 'flax_model.msgpack', msgpack.packb({'params': {'w': msgpack.ExtType(1, msgpack.packb(([2], 'float32', b'\0' * 8)))}}))
    yield one('paddle-plain', 'paddle', 'm.pdmodel', f.pb((1, f.pb((1, 0), (2, 0), (3, f.pb((1, 'x'), (2, f.pb((1, 7))))), (4, f.pb((3, 'relu'))))), (4, f.pb((1, 0)))), True)


def all_items():
    for group in (sklearn_models, torch_models, python_objects, arrays, frames, boosters, onnx_models, r_models, keras_models, tensorflow_graphs, hub_repositories):
        yield from group()
