import { example, type ModelRule } from '../../rule.ts'
import { actsOf } from './python-acts.ts'

export const importAction: ModelRule = {
  id: 'repository/import-action',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Importing this Python file acts on the machine',
  source: 'https://huggingface.co/docs/transformers/main/en/custom_models',
  taxonomy: ['CWE-506', 'CWE-78', 'AML.T0011.000'],
  why: 'A loader that trusts remote code imports the files of a model. What stands outside functions runs at that moment, before a single weight is read; a model needs no program, no network and no files then.',
  remedy: 'Do not load this model with trust_remote_code, and report it where it came from.',
  examples: {
    fires: [
      example('modeling_acme.py', "from os import system as s\ns('id')\n"),
      example('configuration_acme.py', "import os\n\nclass A:\n    __getitem__ = os.system\n\nA()['id']\n"),
      example('__init__.py', 'import socket\ns = socket.socket()\ns.connect(("192.0.2.1", 4444))\n'),
    ],
    silent: [
      example('modeling_acme.py', "import os\n\nHOME = os.environ.get('HF_HOME')\n"),
      example(
        'convert.py',
        "import os\n\ndef main():\n    os.system('ls')\n\nif __name__ == '__main__':\n    main()\n",
      ),
    ],
  },
  check: (subject) => actsOf(subject, 'malicious', ['import']),
}
