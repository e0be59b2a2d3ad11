import type { JsonProblem } from './python-json.ts'
import type { CodeFacts } from './read-marshal.ts'

/** An object that the configuration names, to be made or called by the loader. */
export interface KerasObject {
  readonly kind: 'class' | 'function' | 'typespec'
  /** `class_name`, or the name of the function. */
  readonly name: string
  /** Undefined in old configurations; empty when it is null. */
  readonly module: string | undefined
  readonly registeredName: string | undefined
  readonly path: string
  readonly offset: number
}

/** A compiled Python function that stands in the configuration. */
export interface KerasLambda {
  readonly path: string
  readonly offset: number
  /** Undefined when it could not be read. */
  readonly code: CodeFacts | undefined
}

/** A value that a layer uses in a way that matters, by the key it stands under. */
export interface KerasArgument {
  readonly className: string
  readonly key: string
  readonly value: string
  readonly path: string
  readonly offset: number
}

/** Bytes that stand in a configuration as base64. */
export interface KerasBytes {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What a Keras configuration would make its loader do. */
export interface KerasView {
  readonly objects: readonly KerasObject[]
  readonly lambdas: readonly KerasLambda[]
  /** Vocabularies and other files that layers read, models that they load, TensorFlow functions that they call. */
  readonly arguments: readonly KerasArgument[]
  /** Names of layers that hold a path upwards. */
  readonly escapingNames: readonly KerasArgument[]
  /** Files of weights of a TensorFlow.js model. */
  readonly weightPaths: readonly KerasArgument[]
  /** Pickled PyTorch modules, decoded. */
  readonly torchModules: readonly KerasBytes[]
  /** Other texts that are pickles or archives in base64. */
  readonly embedded: readonly KerasBytes[]
  readonly problems: readonly JsonProblem[]
  /** More was seen than is kept. */
  readonly isCut: boolean
}
