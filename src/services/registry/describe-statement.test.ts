import { expect, test } from 'vitest'
import { sealed } from '../../../test/trust/sealed-world.ts'
import { digestOfJson, hexOfDigest, STATEMENT_TYPE } from '../../ground/domain/index.ts'
import { descriptorSubject, PREDICATE_TYPES } from '../../trust/evidence/index.ts'
import { describeStatement } from './describe-statement.ts'

const RUN = descriptorSubject('run', digestOfJson('a run'), { name: 'nightly', tenant: 'default' })
const product = (name: string) => ({ name, digest: { sha256: hexOfDigest(digestOfJson(name)) } })
const DATA = { name: 'data', uri: 'file:data', digest: { sha256: 'a'.repeat(64) } }

function provenance(externalParameters: Record<string, unknown>, subject: readonly unknown[]) {
  return sealed({
    _type: STATEMENT_TYPE,
    subject: subject as never,
    predicateType: PREDICATE_TYPES['slsa-provenance'],
    predicate: {
      buildDefinition: {
        buildType: 'https://sallyport.dev/training/v1',
        externalParameters,
        resolvedDependencies: [DATA],
      },
      runDetails: { builder: { id: 'https://sallyport.dev/train/v1' } },
    },
  })
}

test.for([
  [
    'names the command and counts what came of it, without the run itself',
    { command: ['sh', 'train.sh'] },
    [product('a'), product('b'), RUN],
    'Built by https://sallyport.dev/train/v1 with sh train.sh: 2 products from 1 material',
  ],
  [
    'a build of others has parameters of its own',
    { command: { not: 'a list' } },
    [product('a')],
    'Built by https://sallyport.dev/train/v1: 1 product from 1 material',
  ],
] as const)('provenance: %s', async ([, parameters, subject, sentence]) => {
  expect(describeStatement(await provenance(parameters, subject))).toBe(sentence)
})

test('a long command is cut in the sentence', async () => {
  const verified = await provenance({ command: ['x'.repeat(500)] }, [product('a')])
  expect(describeStatement(verified)).toContain(`with ${'x'.repeat(79)}…: 1 product`)
})
