import { example, type ModelRule } from '../../rule.ts'
import { actsOf } from './python-acts.ts'

export const hiddenCode: ModelRule = {
  id: 'repository/hidden-code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'This Python file hides the code that it runs',
  source:
    'https://jfrog.com/blog/data-scientists-targeted-by-malicious-hugging-face-ml-models-with-silent-backdoor/',
  taxonomy: ['CWE-506', 'CWE-94', 'AML.T0011.000'],
  why: 'Code that is decoded, unpacked or put together only to be run is written so that nobody reads it.',
  remedy: 'Do not load this model, and report it where it came from.',
  examples: {
    fires: [
      example('modeling_acme.py', "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n"),
      example('modeling_acme.py', "getattr(__import__('builtins'), 'ev' + 'al')(CODE)\n"),
      example('tokenization_acme.py', "import pickle\nX = pickle.loads(b'cposix\\ngetpid\\n.')\n"),
    ],
    silent: [
      example('modeling_acme.py', "import base64\nICON = base64.b64decode('iVBORw0KGgo=')\n"),
      example('modeling_acme.py', "import torch\ndtype = getattr(torch, 'float' + '16')\n"),
    ],
  },
  check: (subject) => actsOf(subject, 'malicious', ['hidden']),
}
