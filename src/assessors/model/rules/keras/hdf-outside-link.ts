import type { ModelRule, Observation, Subject } from '../../rule.ts'
import { craftHdf5 } from './craft-hdf5.ts'
import { leadsOutside } from './outside-path.ts'

const EXTERNAL = 64

export const hdfOutsideLink: ModelRule = {
  id: 'hdf/outside-link',
  severity: 'high',
  verdict: 'malicious',
  title: 'The file refers to a file outside its folder',
  source: 'https://github.com/keras-team/keras/pull/22057',
  taxonomy: ['CWE-73', 'CWE-22', 'CVE-2026-1669'],
  why: 'An external link or a virtual dataset makes the reader open another file, by a path that the author of this one chose.',
  remedy: 'Do not load the file. Weights belong into the file itself.',
  examples: {
    fires: [
      craftHdf5('a.h5', { links: [{ name: 'layer', type: EXTERNAL, value: '\0/etc/other.h5\0/data\0' }] }),
      craftHdf5('b.h5', { links: [{ name: 'layer', type: EXTERNAL, value: '\0../../x.h5\0/\0' }] }),
    ],
    silent: [
      craftHdf5('c.h5', { links: [{ name: 'again', type: 1, value: '/layer' }] }),
      craftHdf5('d.h5', { links: [{ name: 'part', type: EXTERNAL, value: '\0part-1.h5\0/\0' }] }),
    ],
  },
  check: (subject) => referencesOf(subject, true),
}

export const hdfOtherFile: ModelRule = {
  id: 'hdf/other-file',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Part of the data stand in another HDF5 file',
  source: 'https://github.com/keras-team/keras/pull/22057',
  taxonomy: ['CWE-73', 'CVE-2026-1669'],
  why: 'What is loaded depends on a file that this one only names. Keras refuses such weights since 3.13.2.',
  remedy: 'Look at the other file too, or ask for one file that holds all.',
  examples: {
    fires: [craftHdf5('a.h5', { links: [{ name: 'part', type: EXTERNAL, value: '\0part-1.h5\0/\0' }] })],
    silent: [
      craftHdf5('b.h5', { links: [{ name: 'layer', type: EXTERNAL, value: '\0/etc/other.h5\0/data\0' }] }),
    ],
  },
  check: (subject) => referencesOf(subject, false),
}

function referencesOf(subject: Subject, isOutside: boolean): Observation[] {
  if (subject.kind !== 'hdf5') return []
  const links = subject.view.links
    .filter(({ kind }) => kind === 'external')
    .map(({ path, target, targetPath }) => ({
      path,
      file: target,
      what: `a link to ${targetPath} in ${target}`,
    }))
  const virtual = subject.view.objects.flatMap(({ path, dataset }) =>
    (dataset?.virtualSources ?? [])
      .filter((file) => file !== '.')
      .map((file) => ({ path, file, what: `a virtual dataset over ${file}` })),
  )
  return [...links, ...virtual]
    .filter(({ file }) => leadsOutside(file) === isOutside)
    .slice(0, 20)
    .map(({ path, file, what }) => ({ key: `${path}\0${file}`, message: `${path} is ${what}` }))
}
