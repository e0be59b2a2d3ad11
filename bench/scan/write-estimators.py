"""Many small pickles as scikit-learn writes them: eleven sorts of fitted estimators, each with its own numbers.

usage: write-estimators.py FOLDER COUNT
"""
import os
import pickle
import sys

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

folder, count = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(0)
made = []
for _ in range(20):
    x = random.normal(size=(120, 8))
    y = (x[:, 0] + random.normal(size=120) > 0).astype(int)
    made += [
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
for i in range(count):
    one = made[i % len(made)]
    one.note_ = i
    into = os.path.join(folder, str(i % 100))
    os.makedirs(into, exist_ok=True)
    with open(os.path.join(into, f"m{i}.pkl"), "wb") as file:
        pickle.dump(one, file, protocol=4)
