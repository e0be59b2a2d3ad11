import { ELF } from '../../craft-container.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerDisguised: ModelRule = {
  id: 'container/disguised-program',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A program carries the name of a model',
  source: 'https://attack.mitre.org/techniques/T1036/',
  taxonomy: ['CWE-506', 'AML.T0011.000'],
  why: 'Machine code or a script under the name of weights, a picture or a configuration has one purpose: to be there without being seen until something starts it.',
  remedy: 'Delete the file and find out where it came from.',
  examples: {
    fires: [example('model.safetensors', ELF), example('model.pt', '#!/bin/sh\nid\n')],
    silent: [example('run.sh', '#!/bin/sh\nid\n')],
  },
  check: (subject) => observeSights(subject, 'disguised'),
}
