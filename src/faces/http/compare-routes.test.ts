import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { compareFreely, modelOf } from '../../../test/compare/open-models.ts'
import { f32, safetensorsFile } from '../../../test/dev/safetensors-file.ts'
import { DifferencesSchema } from './review-schemas.ts'

test('what a comparison answers has the shape of the API, with one change of every sort', async () => {
  const weights = (scale: number) => safetensorsFile({ a: f32([scale, 2]), [`only-${scale}`]: f32([1]) })
  const config = (template: string) => JSON.stringify({ chat_template: template, scale: template })
  const found = await compareFreely(
    modelOf({
      ...{
        'm.safetensors': weights(1),
        'gone.txt': 'x',
        'tokenizer_config.json': config('a'),
        'n.h5': Buffer.alloc(99_999),
      },
      'README.md': '---\nlicense: mit\n---\n',
    }),
    modelOf({
      ...{
        'm.safetensors': weights(2),
        'a.py': 'import os',
        'tokenizer_config.json': config('b'),
        'n.h5': Buffer.alloc(99_998),
      },
      'README.md': '---\nlicense: apache-2.0\n---\n',
    }),
  )
  expect([...Value.Errors(DifferencesSchema, found)]).toEqual([])
  expect(found).toMatchObject({
    files: expect.arrayContaining([expect.objectContaining({ change: 'removed' })]),
    imports: { added: ['os'] },
    templates: [{}],
    licence: { before: 'mit' },
    tensors: { changed: [{}, {}, {}], notCompared: [{ path: 'n.h5' }] },
  })
})
