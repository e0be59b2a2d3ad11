import { craftZip } from '../../craft-zip.ts'
import type { Example } from '../../rule.ts'

/** A node of the schema; see skops/io for the loaders. */
export type CraftedNode = Readonly<Record<string, unknown>>

export const skopsNode = (loader: string, type: string, more: CraftedNode = {}): CraftedNode => ({
  __class__: type.slice(type.lastIndexOf('.') + 1),
  __module__: type.slice(0, type.lastIndexOf('.')),
  __loader__: loader,
  ...more,
})

export const jsonNode = (value: unknown): CraftedNode =>
  skopsNode('JsonNode', 'builtins.str', { content: JSON.stringify(value), is_json: true })

export const tupleNode = (...content: CraftedNode[]): CraftedNode =>
  skopsNode('TupleNode', 'builtins.tuple', { content })

/** A fitted estimator with one attribute. */
export const estimatorNode = (attribute: CraftedNode): CraftedNode =>
  skopsNode('ObjectNode', 'sklearn.preprocessing._function_transformer.FunctionTransformer', {
    content: skopsNode('DictNode', 'builtins.dict', { content: { func: attribute } }),
  })

/** A skops file of one object. */
export function skopsFile(root: CraftedNode): Example {
  const schema = { ...root, protocol: 2, _skops_version: '0.11.0' }
  return { ...craftZip([{ name: 'schema.json', text: JSON.stringify(schema) }]), name: 'a.skops' }
}
