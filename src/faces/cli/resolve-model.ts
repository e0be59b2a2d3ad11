import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelSummary, Registry } from '../../services/registry/index.ts'

/** Models read at a time while looking for a name. */
const PAGE = 200
/** Hex digits that a person must give at least, so that a slip does not name another model. */
const MIN_PREFIX = 6

/**
 * The model that a person means by a digest, by the first digits of one, or by its name.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` when two models answer to it
 */
export async function resolveModel(registry: Registry, text: string): Promise<Digest> {
  const digest = parseDigest(text)
  if (digest.ok) return digest.value
  const prefix = text.replace(/^sha256:/, '')
  const isPrefix = prefix.length >= MIN_PREFIX && /^[0-9a-f]+$/.test(prefix)
  const found: ModelSummary[] = []
  let cursor: string | undefined
  do {
    const page = await registry.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    found.push(
      ...page.items.filter(
        (model) => model.name === text || (isPrefix && model.digest.startsWith(`sha256:${prefix}`)),
      ),
    )
    cursor = page.next
  } while (cursor !== undefined)
  const [first, second] = found
  if (first === undefined)
    throw new SallyportError(
      'NOT_FOUND',
      `no model "${text.slice(0, 120)}" here; \`sallyport models\` lists them`,
    )
  if (second !== undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${text}" is the name of ${found.length} models; give a digest: ${found
        .slice(0, 4)
        .map((model) => model.digest.slice(0, 19))
        .join(', ')}`,
    )
  return first.digest
}
