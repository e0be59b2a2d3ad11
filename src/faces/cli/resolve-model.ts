import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelSummary, Registry } from '../../services/registry/index.ts'

/** Models read at a time while looking for a name. */
const PAGE = 200
/** Hex digits that a person must give at least, so that a slip does not name another model. */
const MIN_PREFIX = 6

/** Names of which one may have been meant, of those that were seen. */
const MAX_NEAR = 3
const MAX_SEEN = 1000
/** Letters of a part of a name, so that it says something. */
const MIN_PART = 3

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
  const near = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await registry.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    found.push(
      ...page.items.filter(
        (model) => model.name === text || (isPrefix && model.digest.startsWith(`sha256:${prefix}`)),
      ),
    )
    for (const { name } of page.items) if (near.size < MAX_SEEN && isNear(name, text)) near.add(name)
    cursor = page.next
  } while (cursor !== undefined)
  const [first, second] = found
  if (first === undefined)
    throw new SallyportError(
      'NOT_FOUND',
      `no model "${text.slice(0, 120)}" here; ${near.size === 0 ? '' : `did you mean ${nearest(near, text).join(' or ')}? `}\`sallyport models\` lists them`,
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

/** Whether a name may have been meant: it holds what was typed, or the other way round. */
function isNear(name: string, typed: string): boolean {
  const [long, short] = [name.toLowerCase(), typed.toLowerCase()].toSorted((a, b) => b.length - a.length)
  return short !== undefined && short.length >= MIN_PART && long?.includes(short) === true
}

/** Those that are most like what was typed: the fewest letters more or less. */
function nearest(names: ReadonlySet<string>, typed: string): readonly string[] {
  const apart = (name: string) => Math.abs(name.length - typed.length)
  return [...names].toSorted((a, b) => apart(a) - apart(b)).slice(0, MAX_NEAR)
}
