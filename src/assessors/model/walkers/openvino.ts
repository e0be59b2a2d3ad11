import { attributeOf, localName, looksLikeXml, readXml, type XmlEvent } from '../../../formats/xml/index.ts'
import { coverGraph } from '../cover-graph.ts'
import { pathEscape } from '../path-escape.ts'
import type { GraphFault, GraphOperator, GraphReference } from '../subjects/graph-subject.ts'
import { applyRules, type Place, type Walk } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Sets of operations that OpenVINO itself brings; intermediate representations before version 10 name none. */
const OPSET =
  /^(opset\d{1,2}|experimental|internal|ie_internal_opset|util|type_relaxed_opset|gpu_opset|cpu_plugin_opset)$/
const MAX_KEPT = 1000
/** Characters of an attribute that can be more than a name or a shape. */
const LEAST_WORDS = 16

/** Intermediate representations of OpenVINO: XML whose root is `net`, with weights in a `.bin` beside it. */
export const openVinoWalker: FormatWalker = {
  format: 'openvino',
  recognizes: ({ head }) =>
    looksLikeXml(head) && new TextDecoder('latin1').decode(head).replaceAll('\0', '').includes('<net'),
  walk: walkOpenVino,
}

async function walkOpenVino(walk: Walk, place: Place): Promise<boolean> {
  const net = new Net()
  const view = await readXml(place.source, { sink: (event) => net.take(event), signal: walk.signal })
  if (view.root === undefined || localName(view.root.name) !== 'net' || net.layerCount === 0) return false
  const { operators, references, faults } = net
  applyRules(walk, place, { kind: 'xml', view })
  applyRules(walk, place, { kind: 'graph', format: 'openvino', operators, references, faults })
  coverGraph(walk, place, 'openvino', { problem: view.problems[0], readBytes: view.readBytes })
  await judgeMetadata(walk, place, net.words)
  return true
}

/** What the layers of a net say, gathered while the document is read. */
class Net {
  readonly operators: GraphOperator[] = []
  readonly references: GraphReference[] = []
  readonly faults: GraphFault[] = []
  /** Attributes of what no layer is made of: `rt_info` says how the model was converted. */
  readonly words: [string, string][] = []
  layerCount = 0
  #layer = ''
  readonly #seen = new Set<string>()

  take(event: XmlEvent): void {
    if (event.kind !== 'open') return
    const name = localName(event.name)
    for (const { name: key, value } of event.attributes)
      if (value.length >= LEAST_WORDS && this.words.length < MAX_KEPT)
        this.words.push([`${name}.${key}`, value])
    if (name === 'layer') this.#startLayer(event)
    else if (name === 'data' && this.#layer !== '') this.#data(event)
    else if (name === 'extension' || name === 'custom_layer' || name === 'CustomLayer') this.#extension(event)
  }

  #startLayer({ attributes, offset }: XmlEvent & { kind: 'open' }): void {
    this.layerCount++
    this.#layer = attributeOf(attributes, 'type') ?? ''
    const version = attributeOf(attributes, 'version')
    const key = `${version ?? ''}::${this.#layer}`
    const isOwn = version === undefined || OPSET.test(version)
    const isPlain =
      /^[A-Za-z][\w.-]{0,100}$/.test(this.#layer) && !/^(custom|python|extension)$/i.test(this.#layer)
    if ((isOwn && isPlain) || this.#seen.has(key) || this.operators.length >= MAX_KEPT) return
    this.#seen.add(key)
    const detail = 'needs an extension library that must be installed beside the model'
    this.operators.push({ role: 'custom', operator: key, detail, offset })
  }

  /** Constants name a place in the `.bin`; some old extensions name files. */
  #data({ attributes, offset }: XmlEvent & { kind: 'open' }): void {
    if (this.#layer === 'Const')
      for (const name of ['offset', 'size']) {
        const text = attributeOf(attributes, name)
        if (text === undefined || (/^\d{1,16}$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER))
          continue
        this.#fault(`the ${name} of a constant is ${JSON.stringify(text.slice(0, 40))}`, offset)
      }
    for (const { name, value } of attributes)
      if (/(path|file|library|location)$/i.test(name) && value !== '') this.#reference(value, offset)
  }

  #extension({ attributes, offset }: XmlEvent & { kind: 'open' }): void {
    const value = attributes.find(({ name }) => /(path|file|library|kernel)$/i.test(name))?.value
    if (value !== undefined && this.references.length < MAX_KEPT)
      this.references.push({
        role: 'library',
        target: value,
        escape: pathEscape(value),
        detail: 'an extension library',
        offset,
      })
  }

  #reference(target: string, offset: number): void {
    if (this.references.length >= MAX_KEPT) return
    this.references.push({
      role: 'data',
      target,
      escape: pathEscape(target),
      detail: `a file of a layer ${this.#layer}`,
      offset,
    })
  }

  #fault(message: string, offset: number): void {
    if (this.faults.length < MAX_KEPT) this.faults.push({ kind: 'range', message, offset })
  }
}
