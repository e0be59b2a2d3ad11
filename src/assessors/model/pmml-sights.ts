import { attributeOf, localName, type XmlEvent } from '../../formats/xml/index.ts'
import type { PmmlSight } from './subjects/foreign-code-subject.ts'

const MAX_SIGHTS = 5000
const MAX_TEXT = 64 * 1024

/** Gathers what an evaluator of PMML may run, while the document is read. */
export class PmmlGatherer {
  readonly sights: PmmlSight[] = []
  #open: { name: string; kind: PmmlSight['kind']; text: string; offset: number; depth: number } | undefined

  /** Takes the events of the document in their order. */
  take(event: XmlEvent): void {
    if (event.kind === 'text') this.#text(event.text)
    else if (event.kind === 'close') this.#close(event.depth)
    else this.#element(event)
  }

  #element(event: XmlEvent & { readonly kind: 'open' }): void {
    const element = localName(event.name)
    const value = (name: string): string => attributeOf(event.attributes, name) ?? ''
    if (element === 'Apply' && value('function').includes('.'))
      this.#see({ kind: 'function', name: value('function'), text: '', offset: event.offset })
    const values = event.attributes.map((attribute) => attribute.value).join('\n')
    if (this.#open !== undefined) {
      this.#text(`${values}\n`)
      return
    }
    const isScript = /^(?:script|code)$/i.test(element)
    if (element !== 'Extension' && element !== 'TableLocator' && !isScript) return
    const kind = isScript ? 'script' : element === 'TableLocator' ? 'table' : 'extension'
    this.#open = {
      kind,
      name: value('name') || element,
      text: `${values.slice(0, MAX_TEXT)}\n`,
      offset: event.offset,
      depth: event.depth,
    }
  }

  #text(text: string): void {
    if (this.#open !== undefined && this.#open.text.length < MAX_TEXT)
      this.#open.text += text.slice(0, MAX_TEXT - this.#open.text.length)
  }

  #close(depth: number): void {
    if (this.#open === undefined || depth > this.#open.depth) return
    const { kind, name, text, offset } = this.#open
    this.#open = undefined
    this.#see({ kind, name, text, offset })
  }

  #see(sight: PmmlSight): void {
    if (this.sights.length < MAX_SIGHTS) this.sights.push(sight)
  }
}
