import { digestOfJson, hexOfDigest } from '../../ground/domain/index.ts'
import { type BomFacts, type Json, shown } from './bom-facts.ts'

/** Where elements of one SPDX document are put down. */
export interface SpdxPad {
  /** Adds an element and gives its IRI. */
  add(type: string, properties: Json): string
  relate(from: string, relationshipType: string, to: readonly string[], comment?: string): void
  /** A relationship that holds in one phase only. */
  relateIn(scope: 'build', from: string, relationshipType: string, to: readonly string[]): void
  /** The element of a licence expression, one for each. */
  license(expression: string): string
  /** IRIs of all elements so far. */
  ids(): readonly string[]
  graph(): readonly Json[]
}

/** An empty pad with who wrote it and when. The same facts make the same IRIs. */
export function spdxPad(facts: BomFacts): SpdxPad {
  const base = `urn:spdx:sallyport:${hexOfDigest(digestOfJson({ model: facts.digest, at: facts.at }))}`
  const elements: Json[] = []
  const licenses = new Map<string, string>()
  const add = (type: string, properties: Json): string => {
    const spdxId = `${base}#${type}-${elements.length + 1}`
    elements.push({ type, spdxId, creationInfo: '_:creation', ...properties })
    return spdxId
  }
  const agent = add('SoftwareAgent', { name: 'Sallyport' })
  const tool = add('Tool', { name: `sallyport ${facts.version}` })
  const creation = {
    type: 'CreationInfo',
    '@id': '_:creation',
    specVersion: '3.0.1',
    // SPDX's DateTimeStamp has no fractions.
    created: facts.at.replace(/\.\d+Z$/, 'Z'),
    createdBy: [agent],
    createdUsing: [tool],
  }
  return {
    add,
    relate: (from, relationshipType, to, comment) => {
      if (to.length === 0) return
      add('Relationship', {
        from,
        relationshipType,
        to,
        ...(comment === undefined ? {} : { comment: shown(comment, 2000) }),
      })
    },
    relateIn: (scope, from, relationshipType, to) => {
      if (to.length > 0) add('LifecycleScopedRelationship', { from, relationshipType, to, scope })
    },
    license: (expression) => {
      const known = licenses.get(expression)
      if (known !== undefined) return known
      const made = add('simplelicensing_LicenseExpression', { simplelicensing_licenseExpression: expression })
      licenses.set(expression, made)
      return made
    },
    ids: () => elements.map(({ spdxId }) => String(spdxId)),
    graph: () => [creation, ...elements],
  }
}
