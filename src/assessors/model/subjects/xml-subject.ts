import type { XmlView } from '../../../formats/xml/index.ts'

/** A document of XML in which something other than a format's own meaning may be odd: entities, includes, scripts. */
export interface XmlSubject {
  readonly kind: 'xml'
  readonly view: XmlView
}
