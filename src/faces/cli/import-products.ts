import { resolve } from 'node:path'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { TrainingRunPredicate } from '../../trust/evidence/index.ts'
import type { CliContext } from './context.ts'
import { progressLine } from './progress-line.ts'
import { withHome } from './with-home.ts'

/** A product of a run that is a model in quarantine now. */
export interface ImportedProduct {
  readonly name: string
  readonly digest: Digest
}

/**
 * Takes what a finished run has made into quarantine, under the name of the run; the provenance that was sealed of it leads from
 * the run to the model. Whoever wrote to a product after its run has another model, which no provenance speaks for: refused.
 * @throws SallyportError `CONFLICT` for such a product, `LOG_LOCKED` while another process holds the home
 */
export function importProducts(
  context: CliContext,
  run: TrainingRunPredicate,
): Promise<readonly ImportedProduct[]> {
  return withHome(context, async (home) => {
    const imported: ImportedProduct[] = []
    const [first, ...others] = run.products
    for (const product of run.products) {
      const name = others.length === 0 && product === first ? run.name : `${run.name}/${product.name}`
      const request = { path: resolve(run.folder, product.path ?? product.name), name }
      const actor = await home.actor({ verb: 'import', ...request })
      const progress = progressLine(context.io, 'Importing')
      const { digest } = await home.registry.importModel(request, actor, progress)
      if (digest !== product.digest)
        throw new SallyportError(
          'CONFLICT',
          `${product.name} was changed after run ${run.run} had ended: it is in quarantine as ${digest}, and the run's provenance does not speak for it`,
        )
      imported.push({ name, digest })
    }
    return imported
  })
}
