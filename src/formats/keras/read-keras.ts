import type { KerasArgument, KerasBytes, KerasLambda, KerasObject, KerasView } from './keras-view.ts'
import type { JsonDocument, JsonNode } from './python-json.ts'
import { readMarshalCode } from './read-marshal.ts'

/** Things of each kind that are kept. The largest published model has some 20,000 objects. */
const MAX_KEPT = 200_000
/** Characters of a path for people. */
const MAX_PATH = 200
/** Characters of the shortest marshalled function in base64. */
const MIN_CODE_CHARS = 60
/** Bytes of a compiled function that are read. */
const MAX_CODE_CHARS = 4 * 1024 * 1024

/** Readings of an object whose keys are doubled. */
const MAX_READINGS = 8
const MAX_EMBEDDED = 100

/** Keys under which layers take the name of a file in the place of values. */
const FILE_KEYS = new Set(['vocabulary', 'idf_weights'])

/** Reads a parsed configuration, or undefined when it is no Keras model. Every branch is looked at, used or not. */
export function readKeras(document: JsonDocument): KerasView | undefined {
  const walk = new ConfigWalk()
  walk.run(document.root)
  return walk.isKeras ? walk.view(document) : undefined
}

type ObjectNode = JsonNode & { readonly kind: 'object' }

interface Step {
  readonly node: JsonNode
  readonly path: string
  /** `class_name` of the nearest object around. */
  readonly owner: string
  /** Inside `weightsManifest` of TensorFlow.js. */
  readonly isManifest: boolean
}

class ConfigWalk {
  readonly #objects: KerasObject[] = []
  readonly #lambdas: KerasLambda[] = []
  readonly #arguments: KerasArgument[] = []
  readonly #escapingNames: KerasArgument[] = []
  readonly #weightPaths: KerasArgument[] = []
  readonly #torchModules: KerasBytes[] = []
  readonly #embedded: KerasBytes[] = []
  #isCut = false
  isKeras = false

  view(document: JsonDocument): KerasView {
    return {
      objects: this.#objects,
      lambdas: this.#lambdas,
      arguments: this.#arguments,
      escapingNames: this.#escapingNames,
      weightPaths: this.#weightPaths,
      torchModules: this.#torchModules,
      embedded: this.#embedded,
      problems: document.problems,
      isCut: this.#isCut,
    }
  }

  run(root: JsonNode): void {
    const open: Step[] = [{ node: root, path: '', owner: '', isManifest: false }]
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const { node, path } = step
      if (node.kind === 'string') this.#seeString(node.text, step)
      else if (node.kind === 'object') this.#openObject(node, step, open)
      else if (node.kind === 'array')
        for (const [i, item] of node.items.entries())
          open.push({ ...step, node: item, path: join(path, String(i)) })
    }
  }

  #openObject(node: ObjectNode, { path, owner, isManifest }: Step, open: Step[]): void {
    const inner = this.#seeObject(node, path, stringsOf(node, 'class_name')) ?? owner
    for (const { key, value } of node.entries)
      open.push({
        node: value,
        path: join(path, key),
        owner: inner,
        isManifest: isManifest || key === 'weightsManifest',
      })
  }

  /** Notes what an object with a class makes; gives its name. Of doubled keys every reading is noted. */
  #seeObject(node: ObjectNode, path: string, names: readonly string[]): string | undefined {
    const hasKey = (wanted: string): boolean => node.entries.some(({ key }) => key === wanted)
    if (hasKey('modelTopology') || hasKey('weightsManifest')) this.isKeras = true
    if (names.length === 0) return undefined
    if (hasKey('config') || hasKey('inbound_nodes')) this.isKeras = true
    const modules = node.entries.filter(({ key }) => key === 'module').map(({ value }) => textOf(value) ?? '')
    const readings: (string | undefined)[] =
      modules.length === 0 ? [undefined] : modules.slice(0, MAX_READINGS)
    for (const name of names.slice(0, MAX_READINGS))
      for (const module of readings) this.#addObject(node, path, name, module)
    return names.at(-1)
  }

  #addObject(node: ObjectNode, path: string, className: string, module: string | undefined): void {
    const registered = stringsOf(node, 'registered_name')
    const common = { module, registeredName: registered.at(-1), path: path || '/', offset: node.offset }
    const add = (kind: KerasObject['kind'], names: readonly string[]): void => {
      for (const name of new Set(names.slice(0, MAX_READINGS)))
        this.#keep(this.#objects, { kind, name, ...common })
    }
    if (className === 'function') add('function', [...stringsOf(node, 'config'), ...registered])
    else if (className === '__typespec__') add('typespec', stringsOf(node, 'spec_name'))
    else if (!className.startsWith('__')) add('class', [className])
  }

  #seeString(text: string, { path, owner, isManifest, node }: Step): void {
    const key = path.slice(path.lastIndexOf('/') + 1)
    const seen = { className: owner, key, value: text, path, offset: node.offset }
    if (isManifest && /\/paths\/\d+$/.test(path)) this.#keep(this.#weightPaths, seen)
    if (isMeaningful(owner, key) && text !== '') this.#keep(this.#arguments, seen)
    if (key === 'name' && text.split(/[/\\]/).includes('..')) this.#keep(this.#escapingNames, seen)
    if (text.length > MAX_CODE_CHARS) this.#isCut = true
    else if (owner === 'TorchModuleWrapper' && key === 'module')
      this.#seeBytes(this.#torchModules, text, path)
    else this.#seeCode(text, { path, owner, offset: node.offset })
  }

  #seeBytes(list: KerasBytes[], text: string, path: string): void {
    if (list.length < MAX_EMBEDDED) list.push({ path, bytes: Buffer.from(text, 'base64') })
    else this.#isCut = true
  }

  /** Functions stand as base64 of what marshal wrote, in Keras 1 as escaped text. */
  #seeCode(text: string, { path, owner, offset }: { path: string; owner: string; offset: number }): void {
    const bytes = text.length < MIN_CODE_CHARS ? undefined : codeBytes(text)
    const code = bytes === undefined ? undefined : readMarshalCode(bytes)
    if (isEmbedded(text)) this.#seeBytes(this.#embedded, text, path)
    if (code !== undefined || isFunctionPlace(path, owner)) this.#keep(this.#lambdas, { path, offset, code })
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item)
    else this.#isCut = true
  }
}

/** Base64 of a pickle of protocol 2 to 5, or of an archive. */
function isEmbedded(text: string): boolean {
  return text.length >= MIN_CODE_CHARS && /^(?:gA[I-V]|UEsDB)/.test(text)
}

/** A code object begins with `c`, with or without the mark of a reference. */
function codeBytes(text: string): Uint8Array | undefined {
  const isBase64 = /^[A-Za-z0-9+/=\s]+$/.test(text)
  const bytes = isBase64 ? Buffer.from(text, 'base64') : Buffer.from(text, 'latin1')
  const first = bytes[0] ?? 0
  return first === 0x63 || first === 0xe3 ? bytes : undefined
}

/** Where a compiled function is expected: the first item of a list in a Lambda layer, or the code of a `__lambda__`. */
function isFunctionPlace(path: string, owner: string): boolean {
  if (owner === '__lambda__') return /\/(code|value)(\/0)?$/.test(path)
  // SavedModels write tuples as objects with items.
  return /Lambda$|^__tuple__$/.test(owner) && /\/(function|output_shape|mask)(\/items)?\/0$/.test(path)
}

function isMeaningful(owner: string, key: string): boolean {
  if (key === 'filepath') return owner === 'TFSMLayer'
  if (FILE_KEYS.has(key)) return true
  if (/OpLambda$/.test(owner)) return key === 'function'
  return owner === 'TensorFlowOpLayer' && key === 'node_def'
}

function join(path: string, key: string): string {
  const whole = `${path}/${key}`
  return whole.length > MAX_PATH ? `…${whole.slice(-MAX_PATH)}` : whole
}

function textOf(node: JsonNode): string | undefined {
  return node.kind === 'string' ? node.text : undefined
}

/** All texts under a key; more than one when the key is doubled. */
function stringsOf(node: ObjectNode, key: string): string[] {
  return node.entries.flatMap((entry) => {
    const text = entry.key === key ? textOf(entry.value) : undefined
    return text === undefined ? [] : [text]
  })
}
