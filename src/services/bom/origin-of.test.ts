import { expect, test } from 'vitest'
import { hubSource, pullSource, scan, sealed } from '../../../test/trust/sealed-world.ts'
import { originOf } from './origin-of.ts'

const VERSION = 'c'.repeat(64)

test.for([
  [
    'a hub',
    hubSource({ hub: 'huggingface.co' }),
    {
      version: 'c'.repeat(40),
      purl: `pkg:huggingface/google/bert@${'c'.repeat(40)}`,
      location: `https://huggingface.co/google/bert/tree/${'c'.repeat(40)}`,
      license: 'apache-2.0',
    },
  ],
  [
    'a hub of somebody’s own',
    hubSource(),
    { purl: `pkg:huggingface/google/bert@${'c'.repeat(40)}?repository_url=https%3A%2F%2Fhub.example` },
  ],
  [
    'data of a hub, for which there is no package URL',
    hubSource({ repoKind: 'dataset' }),
    { name: 'datasets/google/bert', purl: undefined },
  ],
  [
    'a registry',
    pullSource({ name: 'org/BERT kit' }),
    {
      version: `sha256:${VERSION}`,
      purl: `pkg:oci/bert%20kit@sha256%3A${VERSION}?repository_url=quay.io%2Forg%2Fbert%20kit`,
      location: `oci://quay.io/org/BERT%20kit@sha256:${VERSION}`,
    },
  ],
  [
    'a web server',
    pullSource({ door: 'https', origin: 'models.example.com', name: 'a b/m.bin' }),
    { version: VERSION, location: 'https://models.example.com/a%20b/m.bin', purl: undefined },
  ],
  [
    'a bucket that keeps versions',
    pullSource({ door: 's3', origin: 's3://bucket', name: 'm.bin', versionId: 'a/b' }),
    { location: 's3://bucket/m.bin?versionId=a%2Fb' },
  ],
] as const)('from %s', async ([, statement, expected]) => {
  // With what is absent as undefined.
  expect({ purl: undefined, ...originOf(await all([scan({}), statement])) }).toMatchObject(expected)
})

test('the newest statement counts, and without one nobody saw where it came from', async () => {
  const both = await all([hubSource(), pullSource({}, 1)])
  expect(originOf(both)).toMatchObject({ name: 'quay.io/org/bert' })
  expect(originOf(await all([scan({})]))).toBeUndefined()
})

const all = (statements: readonly Parameters<typeof sealed>[0][]) =>
  Promise.all(statements.map((one) => sealed(one)))
