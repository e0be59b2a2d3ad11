import { expect, test } from 'vitest'
import { readSettings } from './read-settings.ts'

const read = (yaml: string) => readSettings({}, () => yaml)

test('sources are read by name, as an address or with fields', () => {
  const { ociUpstreams, pullUpstreams } = read(`
ociUpstreams:
  ghcr: https://ghcr.io
  corp: { url: "https://r.example", credentialsFile: /run/secret }
pullUpstreams:
  torch: https://download.pytorch.org
  weights: { url: "s3://team-models/released/", region: eu-central-1, folderDepth: 2 }
`)
  expect(ociUpstreams).toEqual([
    { name: 'ghcr', url: 'https://ghcr.io' },
    { name: 'corp', url: 'https://r.example', credentialsFile: '/run/secret' },
  ])
  expect(pullUpstreams).toEqual([
    { name: 'torch', kind: 'web', url: 'https://download.pytorch.org' },
    {
      ...{ name: 'weights', kind: 's3', bucket: 'team-models', prefix: 'released', region: 'eu-central-1' },
      ...{ endpoint: 'https://s3.eu-central-1.amazonaws.com', folderDepth: 2 },
    },
  ])
})

test.for([
  ['ociUpstreams: [a]', /must name sources/],
  ['ociUpstreams: { "A/b": https://ghcr.io }', /is no name/],
  ['ociUpstreams: { a: "ftp://x" }', /needs an address/],
  ['ociUpstreams: { a: "https://user:pw@x" }', /needs an address/],
  ['ociUpstreams: { a: { url: "https://x", token: "t" } }', /"token" is no field/],
  ['pullUpstreams: { a: "s3://UP" }', /names no bucket/],
  ['pullUpstreams: { a: { url: "https://x", region: eu } }', /goes with s3/],
  ['pullUpstreams: { a: { url: "s3://bucket", folderDepth: 99 } }', /folderDepth/],
] as const)('%s is refused by name', ([yaml, message]) => {
  expect(() => read(yaml)).toThrow(message)
})
