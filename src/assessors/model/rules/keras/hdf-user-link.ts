import type { ModelRule } from '../../rule.ts'
import { craftHdf5 } from './craft-hdf5.ts'

export const hdfUserLink: ModelRule = {
  id: 'hdf/user-link',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A link is of a kind that only a plug-in understands',
  source: 'https://support.hdfgroup.org/documentation/hdf5/latest/group___h5_l.html',
  taxonomy: ['CWE-829'],
  why: 'User-defined links are followed by code that a program has registered for them. No framework writes such links.',
  remedy: 'Ask the author what the link is for.',
  examples: {
    fires: [craftHdf5('a.h5', { links: [{ name: 'odd', type: 200, value: 'anything' }] })],
    silent: [craftHdf5('b.h5', { links: [{ name: 'soft', type: 1, value: '/x' }] })],
  },
  check: (subject) =>
    subject.kind !== 'hdf5'
      ? []
      : subject.view.links
          .filter(({ kind }) => kind === 'user')
          .slice(0, 20)
          .map(({ path, target }) => ({ key: path, message: `${path} is a link of ${target}` })),
}
