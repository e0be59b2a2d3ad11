import type { ModelRule } from '../../rule.ts'
import { craftHdf5 } from './craft-hdf5.ts'

export const hdfExternalStorage: ModelRule = {
  id: 'hdf/external-storage',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A dataset reads its elements from another file of this computer',
  source: 'https://github.com/keras-team/keras/pull/22057',
  taxonomy: ['CWE-73', 'CWE-200', 'CVE-2026-1669', 'AML.T0011.000'],
  why: 'HDF5 can name any file as the place of the numbers. Who loads the weights reads that file, and who saves or serves the model gives it away.',
  remedy: 'Do not load the file. Ask for weights that stand in the file itself.',
  examples: {
    fires: [
      craftHdf5('a.h5', { objects: [{ name: 'kernel', externalFile: '/etc/passwd' }] }),
      craftHdf5('b.hdf5', { objects: [{ name: 'kernel', externalFile: 'weights.raw' }] }),
    ],
    silent: [craftHdf5('c.h5', { objects: [{ name: 'text', text: 'in the file' }] })],
  },
  check: (subject) => {
    if (subject.kind !== 'hdf5') return []
    return subject.view.objects
      .filter(({ dataset }) => (dataset?.externalFiles.length ?? 0) > 0)
      .slice(0, 20)
      .map(({ path, offset, dataset }) => {
        const names = dataset?.externalFiles.map(({ name }) => name).join(', ')
        return { key: path, message: `${path} takes its elements from ${names}`, offset }
      })
  },
}
