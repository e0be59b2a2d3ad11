import { tarExample } from '../../craft-container.ts'
import { craftZip } from '../../craft-zip.ts'
import type { Example, ModelRule } from '../../rule.ts'
import { configWith } from './config-check.ts'

/** A TorchServe archive: a manifest, and members beside it. */
function archive(model: Readonly<Record<string, unknown>>, ...members: readonly string[]): Example {
  const manifest = {
    archiverVersion: '0.12.0',
    runtime: 'python',
    model: { modelName: 'm', modelVersion: '1', ...model },
  }
  const { bytes } = craftZip([
    ...members.map((name) => ({ name, text: 'x = 1\n' })),
    { name: 'MAR-INF/MANIFEST.json', text: JSON.stringify(manifest) },
  ])
  return { name: 'model.mar', bytes }
}

export const foreignHandler: ModelRule = {
  id: 'config/foreign-handler',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The archive has the server load something that is not in it',
  source: 'https://github.com/pytorch/serve/blob/master/model-archiver/README.md',
  taxonomy: ['CWE-829', 'CWE-22', 'CVE-2023-48299', 'AML.T0011.000'],
  why: 'TorchServe imports the handler that the manifest names and calls it. A module or a file outside the archive is whatever the server finds there.',
  remedy: 'Pack the handler into the archive, or use one of the handlers that TorchServe brings.',
  examples: {
    fires: [
      archive({ handler: 'os:system' }),
      archive({ handler: 'absent.py' }, 'handler.py'),
      archive({ handler: '../../tmp/handler.py' }, 'a.py'),
      archive({ handler: '/tmp/handler.py:handle' }),
      archive({ handler: 'handler.py', serializedFile: '/etc/passwd' }, 'handler.py'),
      archive({ handler: 'handler.py', requirementsFile: 'https://example.net/r.txt' }, 'handler.py'),
    ],
    silent: [
      tarExample([
        { name: 'MAR-INF/MANIFEST.json', text: '{"model": {"handler": "handler.py"}}' },
        { name: 'handler.py', text: 'x = 1\n' },
      ]),
      archive({ handler: 'image_classifier', serializedFile: 'model.pt' }),
      archive(
        { handler: 'handler.py:MyHandler', modelFile: 'model.py', requirementsFile: 'requirements.txt' },
        'handler.py',
        'model.py',
        'requirements.txt',
      ),
    ],
  },
  check: (subject) => configWith(subject, 'foreign-handler'),
}
