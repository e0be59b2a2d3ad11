"""Many small pickles as scikit-learn writes them: eleven sorts of fitted estimators, each with its own numbers, or all sorts.

usage: write-estimators.py FOLDER COUNT [every]

`every`: each estimator that fits by its defaults on the irises and takes at most 64 KiB; nothing was chosen by what we know.
"""
import os
import pickle
import sys
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import all_estimators

MOST_BYTES = 64 * 1024


def chosen(random):
    x = random.normal(size=(120, 8))
    y = (x[:, 0] + random.normal(size=120) > 0).astype(int)
    return [
        LinearRegression().fit(x, y),
        Ridge().fit(x, y),
        LogisticRegression().fit(x, y),
        SGDClassifier().fit(x, y),
        GaussianNB().fit(x, y),
        StandardScaler().fit(x),
        PCA(4).fit(x),
        KMeans(3, n_init=1).fit(x[:, :3]),
        DecisionTreeClassifier(max_depth=4).fit(x, y),
        make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y),
        OneHotEncoder().fit(y.reshape(-1, 1)),
    ]


def every():
    x, y = load_iris(return_X_y=True)
    for _, kind in all_estimators():
        try:
            one = kind().fit(x, y)
            if len(pickle.dumps(one)) <= MOST_BYTES:
                yield one
        except Exception:  # It wants arguments or other data.
            continue


folder, count = sys.argv[1], int(sys.argv[2])
if sys.argv[3:] == ["every"]:
    warnings.filterwarnings("ignore")
    made = list(every())
else:
    random = np.random.default_rng(0)
    made = [one for _ in range(20) for one in chosen(random)]
for i in range(count):
    one = made[i % len(made)]
    one.note_ = i
    into = os.path.join(folder, str(i % 100))
    os.makedirs(into, exist_ok=True)
    with open(os.path.join(into, f"m{i}.pkl"), "wb") as file:
        pickle.dump(one, file, protocol=4)
