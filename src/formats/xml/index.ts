export { attributeOf, localName, looksLikeXml, readXml } from './read-xml.ts'
export type {
  XmlAttribute,
  XmlDoctype,
  XmlEntity,
  XmlEvent,
  XmlInclude,
  XmlProblem,
  XmlView,
} from './xml-view.ts'
