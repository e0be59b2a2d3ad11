import { expect, test } from 'vitest'
import { digestOfBytes } from '../../ground/domain/index.ts'
import { importProducts } from './import-products.ts'

test('a product that somebody wrote to after the run is refused, for nothing speaks for it', async () => {
  const home = {
    actor: async () => ({ principalId: 'p', owner: 'p' }),
    registry: { importModel: async () => ({ digest: digestOfBytes(Buffer.from('other')) }) },
    close: async () => undefined,
  }
  const context = { house: { openHome: async () => home }, io: { progress: () => undefined } }
  const product = { name: 'out.bin', digest: digestOfBytes(Buffer.from('made')) }
  const run = { run: '01', name: 'iris', folder: '/runs/01', products: [product] }
  const asked = importProducts(
    context as unknown as Parameters<typeof importProducts>[0],
    run as unknown as Parameters<typeof importProducts>[1],
  )
  await expect(asked).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('out.bin was changed after run 01'),
  })
})
