import type { Hdf5Dataset } from '../../../../formats/hdf5/index.ts'
import type { ModelRule } from '../../rule.ts'
import { craftHdf5 } from './craft-hdf5.ts'

/** Bytes. Smaller datasets harm nobody, however empty; the bound that Keras took (saving_lib.py). */
const FLOOR_BYTES = 4 * 1024 ** 3
/** Times the bytes stored. Deflate reaches some 1000 with zeros. */
const MAX_EXPANSION = 1000

export const hdfShapeBomb: ModelRule = {
  id: 'hdf/shape-bomb',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A dataset claims far more numbers than the file holds',
  source: 'https://github.com/advisories/GHSA-xfhx-r7ww-5995',
  taxonomy: ['CWE-789', 'CWE-409', 'CVE-2026-0897'],
  why: 'Reading it takes memory for all the claimed numbers, and brings the process down.',
  remedy: 'Do not load the file, or only with a limit of memory.',
  examples: {
    fires: [craftHdf5('a.h5', { objects: [{ name: 'kernel', shape: [1 << 20, 1 << 16] }] })],
    silent: [craftHdf5('b.h5', { objects: [{ name: 'kernel', shape: [100, 100] }] })],
  },
  check: (subject) =>
    subject.kind !== 'hdf5'
      ? []
      : subject.view.objects
          .filter(({ dataset }) => dataset !== undefined && isBomb(dataset))
          .slice(0, 20)
          .map(({ path, offset, dataset }) => ({
            key: path,
            message: `${path} claims ${dataset?.shape.join(' × ')} elements; ${dataset?.storedBytes} bytes are stored`,
            offset,
          })),
}

function isBomb({ shape, elementBytes, storedBytes, externalFiles, layout }: Hdf5Dataset): boolean {
  if (storedBytes === undefined || externalFiles.length > 0 || layout === 'virtual') return false
  const claimed = shape.reduce((product, length) => product * length, elementBytes)
  return claimed > FLOOR_BYTES && claimed > MAX_EXPANSION * storedBytes
}
