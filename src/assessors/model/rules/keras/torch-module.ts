import type { ModelRule } from '../../rule.ts'
import { DENSE, kerasModel } from './craft-keras.ts'

function wrapper(pickle: string): unknown {
  const config = { name: 'torch', module: Buffer.from(pickle, 'latin1').toString('base64') }
  return { module: 'keras.layers', class_name: 'TorchModuleWrapper', config, registered_name: null }
}

export const torchModule: ModelRule = {
  id: 'keras/torch-module',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A layer is a pickled PyTorch module',
  source: 'https://github.com/advisories/GHSA-mq84-hjqx-cwf2',
  taxonomy: ['CWE-502', 'CVE-2025-49655'],
  why: 'The layer is read with torch.load without its safe mode, which runs whatever the pickle says.',
  remedy: 'Look at what the pickle imports; ask for weights in safetensors and the source of the module.',
  examples: {
    fires: [kerasModel('a.keras', [wrapper("cposix\nsystem\n(S'true'\ntR.".padEnd(60, ' '))])],
    silent: [kerasModel('b.keras', [DENSE])],
  },
  check: (subject) =>
    subject.kind !== 'keras'
      ? []
      : subject.view.torchModules.map(({ path, bytes }) => ({
          key: path,
          message: `${path} is a PyTorch module of ${bytes.length} bytes, to be unpickled`,
        })),
}
