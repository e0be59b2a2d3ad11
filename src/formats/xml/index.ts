export { attributeOf, localName, looksLikeXml, readXml } from './read-xml.ts'
export type { XmlEvent, XmlView } from './xml-view.ts'
