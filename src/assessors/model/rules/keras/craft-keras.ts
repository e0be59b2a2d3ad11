import { craftZip } from '../../craft-zip.ts'
import type { Example } from '../../rule.ts'
import { craftHdf5 } from './craft-hdf5.ts'

/** An object of a configuration, in the form of Keras 3. */
export interface CraftedLayer {
  readonly class_name: string
  readonly config: unknown
  readonly module?: string | null
  readonly registered_name?: string | null
  readonly [key: string]: unknown
}

/** The configuration of a Sequential model of Keras 3 around some layers. */
export function kerasConfig(layers: readonly unknown[]): string {
  return JSON.stringify({
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      dtype: {
        module: 'keras',
        class_name: 'DTypePolicy',
        config: { name: 'float32' },
        registered_name: null,
      },
      layers,
    },
    registered_name: null,
    build_config: { input_shape: [null, 4] },
    compile_config: {
      optimizer: {
        module: 'keras.optimizers',
        class_name: 'Adam',
        config: { name: 'adam', learning_rate: 0.001 },
        registered_name: null,
      },
      loss: 'categorical_crossentropy',
      metrics: ['accuracy'],
    },
  })
}

/** A `.keras` archive as Keras 3 writes it, around a configuration; characters are one byte each. */
export function kerasArchive(name: string, config: string): Example {
  const weights = craftHdf5('w', { objects: [{ name: 'vars', text: 'none' }] }).bytes
  const { bytes } = craftZip([
    { name: 'metadata.json', text: '{"keras_version": "3.8.0", "date_saved": "2025-01-01@00:00:00"}' },
    { name: 'config.json', text: config },
    { name: 'model.weights.h5', text: Buffer.from(weights).toString('latin1') },
  ])
  return { name, bytes }
}

/** A `.keras` archive with some layers. */
export function kerasModel(name: string, layers: readonly unknown[]): Example {
  return kerasArchive(name, kerasConfig(layers))
}

/** An HDF5 model as Keras 1 and 2 write it: layers without modules. */
export function kerasHdf5(name: string, layers: readonly unknown[]): Example {
  return craftHdf5(name, {
    attributes: {
      model_config: JSON.stringify({ class_name: 'Sequential', config: { name: 'sequential', layers } }),
      keras_version: '2.15.0',
      backend: 'tensorflow',
    },
  })
}

/** A dense layer as Keras 3 writes it. */
export const DENSE: CraftedLayer = {
  module: 'keras.layers',
  class_name: 'Dense',
  config: {
    name: 'dense',
    units: 3,
    activation: 'softmax',
    kernel_initializer: {
      module: 'keras.initializers',
      class_name: 'GlorotUniform',
      config: { seed: null },
      registered_name: null,
    },
  },
  registered_name: null,
  build_config: { input_shape: [null, 4] },
}

/** `lambda x: x * 2`, compiled by CPython 3.11. */
export const HARMLESS_CODE =
  '4wEAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAHwAZAF6BQAAUwApAk7pAgAAAKkAKQHaAXhzAQAAACD6BG0ucHn6CDxsYW1iZGE+cgYAAAABAAAAcwoAAACAAIghiGGJJYAA8wAAAAA='

/** `lambda x: (__import__('os').system('true'), x)[1]`, compiled by CPython 3.11. */
export const ACTIVE_CODE =
  '4wEAAAAAAAAAAAAAAAMAAAADAAAA81YAAACXAHQBAAAAAAAAAAAAAGQBpgEAAKsBAAAAAAAAAACgAQAAAAAAAAAAAAAAAAAAAAAAAAAAZAKmAQAAqwEAAAAAAAAAAHwAZgJkAxkAAAAAAAAAAABTACkETtoCb3PaBHRydWXpAQAAACkC2gpfX2ltcG9ydF9f2gZzeXN0ZW0pAdoBeHMBAAAAIPoEbS5wefoIPGxhbWJkYT5yCQAAAAEAAABzJgAAAIAAjTqQZNELG9QLG9cLItILIqA20Qsq1AsqqEHQCi6ocdQKMYAA8wAAAAA='

/** A Lambda layer in the form of Keras 3. */
export function newLambda(code: string, more: Readonly<Record<string, unknown>> = {}): CraftedLayer {
  return {
    module: 'keras.layers',
    class_name: 'Lambda',
    config: {
      name: 'lambda',
      function: { class_name: '__lambda__', config: { code, defaults: null, closure: null } },
      arguments: {},
    },
    registered_name: null,
    ...more,
  }
}

/** A Lambda layer in the form of Keras 1 and 2. */
export function oldLambda(code: string): CraftedLayer {
  return {
    class_name: 'Lambda',
    config: {
      name: 'lambda',
      function: [code, null, null],
      function_type: 'lambda',
      module: '__main__',
      arguments: {},
    },
  }
}
