import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readImage } from './read-image.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
)
const GIF = Buffer.from(
  'GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;',
  'latin1',
)

test.for([
  ['png', PNG],
  ['gif', GIF],
] as const)('a %s says where it ends, and a cut one does not', async ([kind, whole]) => {
  const longer = Buffer.concat([whole, Buffer.from('more')])
  expect(await readImage(sourceOfBytes(longer))).toMatchObject({ kind, endOffset: whole.length })
  for (let length = 8; length < whole.length; length++)
    expect((await readImage(sourceOfBytes(whole.subarray(0, length))))?.endOffset).toBeUndefined()
})
