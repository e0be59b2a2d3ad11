import type { GatedStage } from '../../ground/domain/index.ts'
import type { AutomaticRule } from './policy.ts'

/** A rule that asks nobody, as a sentence. */
export function sayAutomatic(rule: AutomaticRule, stage: GatedStage): string {
  const { publishers, signed, formats, verdict, licences } = rule
  const claims = [
    ...(signed === true ? ['carry a valid signature'] : []),
    ...(formats === undefined ? [] : [`hold only ${sayList(formats, 'and')}`]),
    ...(verdict === undefined ? [] : [`were found ${verdict}`]),
    ...(licences === undefined ? [] : [`stand under ${sayList(licences.map(emphasise), 'or')}`]),
  ]
  const whose = publishers === undefined ? 'Models' : `Models by ${sayList(publishers.map(emphasise), 'or')}`
  const which = claims.length === 0 ? '' : ` that ${sayList(claims, 'and')}`
  return `${whose}${which} need no approval for ${stage}.`
}

/** `a, b and c`. */
export function sayList(items: readonly string[], word: 'and' | 'or'): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`
}

function emphasise(name: string): string {
  return `*${name}*`
}
