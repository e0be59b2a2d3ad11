#!/bin/sh
# A whole training run without Python: fits y = a + b x to the points of a CSV by gradient descent, and writes what it learnt to
# model/weights.json and how well to metrics.json. Same data, same bytes.
set -eu
data=${1:?usage: train.sh DATA.csv [EPOCHS]}
epochs=${2:-2000}
mkdir -p model
awk -F, -v epochs="$epochs" '
  BEGIN { n = 0 }
  NR > 1 { x[n] = $1; y[n] = $2; n++ }
  END {
    if (n == 0) { print "no points" > "/dev/stderr"; exit 1 }
    rate = 0.08
    for (epoch = 1; epoch <= epochs; epoch++) {
      da = db = loss = 0
      for (i = 0; i < n; i++) { e = a + b * x[i] - y[i]; da += e; db += e * x[i]; loss += e * e }
      a -= rate * da / n; b -= rate * db / n
    }
    printf "{\"a\": %.6f, \"b\": %.6f}\n", a, b > "model/weights.json"
    printf "{\"epochs\": %d, \"points\": %d, \"loss\": %.6f}\n", epochs, n, loss / n > "metrics.json"
    printf "loss %.6f after %d epochs\n", loss / n, epochs
  }' "$data"
