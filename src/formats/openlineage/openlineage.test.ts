import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRunEvent } from './index.ts'

// synthetic: built from the published schema and its examples (OpenLineage/OpenLineage, spec/OpenLineage.json, 2-0-2).
const EVENT = {
  eventType: 'COMPLETE',
  eventTime: '2026-11-21T10:00:00.000Z',
  run: {
    runId: 'EA041791-68bc-4ae1-bd89-4c8106a157e4',
    facets: { parent: { run: { runId: '3f5e83fa-3480-44ff-99c5-ff943904e5e8' }, job: {} } },
  },
  job: {
    namespace: 'airflow',
    name: 'train.bert',
    facets: { sourceCodeLocation: { type: 'git', url: 'https://example.org/x.git', version: 'abc' } },
  },
  inputs: [
    {
      namespace: 's3://bucket',
      name: 'reviews',
      facets: { version: { datasetVersion: `sha256:${'a'.repeat(64)}` } },
    },
  ],
  outputs: [
    {
      namespace: 's3://bucket',
      name: 'model',
      facets: { sallyport: { digest: `sha256:${'b'.repeat(64)}` } },
    },
  ],
  producer: 'https://github.com/apache/airflow',
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
}

test('job, run, data sets and their digests are read', () => {
  expect(readRunEvent(EVENT)).toEqual({
    ok: true,
    value: {
      eventType: 'COMPLETE',
      eventTime: EVENT.eventTime,
      producer: EVENT.producer,
      runId: 'ea041791-68bc-4ae1-bd89-4c8106a157e4',
      job: { namespace: 'airflow', name: 'train.bert' },
      parentRunId: '3f5e83fa-3480-44ff-99c5-ff943904e5e8',
      inputs: [
        {
          namespace: 's3://bucket',
          name: 'reviews',
          digest: `sha256:${'a'.repeat(64)}`,
          version: `sha256:${'a'.repeat(64)}`,
        },
      ],
      outputs: [{ namespace: 's3://bucket', name: 'model', digest: `sha256:${'b'.repeat(64)}` }],
      sourceCode: { type: 'git', url: 'https://example.org/x.git', version: 'abc' },
    },
  })
})

test.for([
  ['no object', 'x'],
  ['no run id', { ...EVENT, run: {} }],
  ['a run id that is no UUID', { ...EVENT, run: { runId: '../x' } }],
  ['an unknown type', { ...EVENT, eventType: 'DONE' }],
  ['a time that is none', { ...EVENT, eventTime: 'yesterday' }],
  ['no job', { ...EVENT, job: { name: 'x' } }],
  ['inputs that are no list', { ...EVENT, inputs: {} }],
  ['a data set without a name', { ...EVENT, inputs: [{ namespace: 'x' }] }],
  ['more data sets than are taken', { ...EVENT, inputs: Array(501).fill({ namespace: 'a', name: 'b' }) }],
  ['a name of a megabyte', { ...EVENT, job: { namespace: 'a', name: 'x'.repeat(2 ** 20) } }],
] as const)('an event with %s is refused', ([, event]) => {
  expect(readRunEvent(event)).toMatchObject({ ok: false })
})

test('an event of a job or a data set alone is no run, and a password in an address is not kept', () => {
  expect(readRunEvent({ eventTime: EVENT.eventTime, job: EVENT.job, producer: 'p' })).toEqual({
    ok: true,
    value: undefined,
  })
  const job = {
    ...EVENT.job,
    facets: { sourceCodeLocation: { type: 'git', url: 'https://u:secret@h/x.git' } },
  }
  expect(JSON.stringify(readRunEvent({ ...EVENT, job }))).not.toContain('secret')
})

test('any JSON gives an answer, and what is taken is bounded', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(...Object.keys(EVENT)), (value, key) => {
      const read = readRunEvent({ ...EVENT, [key]: value })
      if (read.ok && read.value !== undefined) expect(read.value.job.name.length).toBeLessThanOrEqual(1000)
    }),
  )
})
