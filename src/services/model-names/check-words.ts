import { SallyportError } from '../../ground/lang/index.ts'
import type { Tags } from './ports.ts'

/** Characters; the limits of MLflow's own store (mlflow/utils/validation.py), and one for names, which has none there. */
const MAX = { name: 256, alias: 255, tagKey: 250, tagValue: 100_000, description: 100_000 } as const
/** Tags of one thing. */
const MAX_TAGS = 500
/** Tags that only Sallyport sets. */
const OWN_TAGS = 'sallyport.'
/** Tags that name places elsewhere to which decisions are told: set by whoever may promote, and never by a copy. */
export const MIRROR_TAGS = 'mirror.'

/** @throws SallyportError `BAD_INPUT` for a name that clients could not write into an address */
export function checkName(name: string): string {
  if (name === '' || name.length > MAX.name || /[/:%\\\p{Cc}]/u.test(name) || name.trim() !== name)
    throw new SallyportError(
      'BAD_INPUT',
      `Invalid model name: '${name.slice(0, 80)}'. It has 1 to ${MAX.name} characters and no slash, colon, percent or backslash.`,
    )
  return name
}

/** @throws SallyportError `BAD_INPUT` */
export function checkAlias(alias: string): string {
  if (!/^[\w-]+$/.test(alias) || alias.length > MAX.alias)
    throw new SallyportError(
      'BAD_INPUT',
      `Invalid alias name: '${alias.slice(0, 80)}'. It has letters, digits, underscores and hyphens.`,
    )
  if (/^v\d+$/i.test(alias) || alias.toLowerCase() === 'latest')
    throw new SallyportError('BAD_INPUT', `The alias '${alias}' is reserved.`)
  return alias
}

/** @throws SallyportError `BAD_INPUT` */
export function checkDescription(text: string): string {
  if (text.length > MAX.description)
    throw new SallyportError('BAD_INPUT', `the description has more than ${MAX.description} characters`)
  return text
}

/** Sets or, without a value, deletes a tag. @throws SallyportError `BAD_INPUT`, `FORBIDDEN` for tags of ours */
export function withTag(tags: Tags, key: string, value: string | undefined): Tags {
  checkTag(key, value ?? '')
  const { [key]: _old, ...rest } = tags
  if (value === undefined) return rest
  if (Object.keys(rest).length >= MAX_TAGS)
    throw new SallyportError('BAD_INPUT', `more than ${MAX_TAGS} tags`)
  return { ...rest, [key]: value }
}

/** Tags of a new thing. A copy of a version carries its tags along: ours are left behind. @throws SallyportError `BAD_INPUT` */
export function checkTags(tags: Tags): Tags {
  const entries = Object.entries(tags).filter(
    ([key]) => !key.startsWith(OWN_TAGS) && !key.startsWith(MIRROR_TAGS),
  )
  if (entries.length > MAX_TAGS) throw new SallyportError('BAD_INPUT', `more than ${MAX_TAGS} tags`)
  for (const [key, value] of entries) checkTag(key, value)
  return Object.fromEntries(entries)
}

function checkTag(key: string, value: string): void {
  if (key.startsWith(OWN_TAGS))
    throw new SallyportError('FORBIDDEN', `tags that begin with "${OWN_TAGS}" are set by Sallyport alone`)
  if (key === '' || key.length > MAX.tagKey || key === '__proto__')
    throw new SallyportError('BAD_INPUT', `a tag's key has 1 to ${MAX.tagKey} characters`)
  if (value.length > MAX.tagValue)
    throw new SallyportError('BAD_INPUT', `a tag's value has at most ${MAX.tagValue} characters`)
}
