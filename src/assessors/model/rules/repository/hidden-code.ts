import { example, type ModelRule, type Observation, type Subject } from '../../rule.ts'
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
      example('modeling_acme.py', '# coding: unicode_escape\n# \\x0aimport os\n'),
      example('tokenization_acme.py', "import pickle\nX = pickle.loads(b'cposix\\ngetpid\\n.')\n"),
    ],
    silent: [
      example('modeling_acme.py', '# -*- coding: utf-8 -*-\nx = 1\n'),
      example('modeling_acme.py', "import base64\nICON = base64.b64decode('iVBORw0KGgo=')\n"),
      example('modeling_acme.py', "import torch\ndtype = getattr(torch, 'float' + '16')\n"),
    ],
  },
  check: (subject) => [...actsOf(subject, 'malicious', ['hidden']), ...encodingsOf(subject)],
}

/** Encodings in which a comment holds code: what a person reads is not what Python compiles. */
const HIDING =
  /^(?:utf_?7|(?:raw_)?unicode_escape|string_escape|rot_?13|punycode|idna|hex|base64|uu|zlib|bz2|quopri)(?:_codec)?$/

function encodingsOf(subject: Subject): readonly Observation[] {
  if (subject.kind !== 'python' || !HIDING.test(subject.view.encoding ?? '')) return []
  const message = `declares the encoding ${subject.view.encoding}, so that Python reads other code than people do`
  return [{ key: 'encoding', message, offset: 0 }]
}
