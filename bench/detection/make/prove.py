"""Loads one file as its own loader would: prove.py LOADER FILE. Runs in a child process of make.py only, in a folder of its own."""
import resource
import sys

resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def all_pickles(path):
    import pickle

    class Loader(pickle.Unpickler):
        def persistent_load(self, pid):
            return None

    with open(path, 'rb') as file:
        while file.peek(1) if hasattr(file, 'peek') else True:
            value = Loader(file).load()
    return value


def numpy_load(path):
    import numpy

    loaded = numpy.load(path, allow_pickle=True)
    return [loaded[name] for name in loaded] if hasattr(loaded, 'files') else loaded


def load(kind, path):
    if kind == 'pickle':
        return all_pickles(path)
    if kind == 'joblib':
        import joblib

        return joblib.load(path)
    if kind == 'torch':
        import torch

        return torch.load(path)
    if kind == 'numpy':
        return numpy_load(path)
    if kind == 'pandas-zstd':
        import pandas

        return pandas.read_pickle(path, compression='zstd')
    if kind == 'pandas-bz2':
        import pandas

        return pandas.read_pickle(path, compression='bz2')
    if kind == 'hdf':
        import pandas

        return pandas.read_hdf(path)
    if kind == 'tables':
        import tables

        return tables.open_file(path).root._v_attrs.model_params
    if kind == 'torch-package':
        from torch.package import PackageImporter

        return PackageImporter(path).import_module('acme_model')
    if kind == 'pyc':
        import os

        sys.path.insert(0, os.path.dirname(path))
        return __import__('modeling_x')
    if kind in ('rdata', 'rds-update'):
        import subprocess

        script = f'load("{path}"); print(fit)' if kind == 'rdata' else f'update(readRDS("{path}"))'
        return subprocess.run(['Rscript', '-e', script])
    if kind == 'rds':
        import subprocess

        return subprocess.run(['Rscript', '-e', f'x <- readRDS("{path}"); print(x)'])
    import yaml

    with open(path) as file:
        return yaml.unsafe_load(file)


kept = load(sys.argv[1], sys.argv[2])
