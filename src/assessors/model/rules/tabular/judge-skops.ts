import type { JudgedNode } from '../../subjects/skops-subject.ts'

/** What loading a node does. `unknown`: a person must look. */
export interface SkopsJudgement {
  readonly isActive: boolean
  readonly message: string
}

/** Loaders of skops up to protocol 2, and the older ones that it still has (skops/io, skops/io/old). */
const LOADERS = new Set([
  'DictNode',
  'DefaultDictNode',
  'ListNode',
  'SetNode',
  'TupleNode',
  'BytesNode',
  'BytearrayNode',
  'SliceNode',
  'FunctionNode',
  'MethodNode',
  'PartialNode',
  'TypeNode',
  'ConstructorFromReduceNode',
  'ObjectNode',
  'JsonNode',
  'OperatorFuncNode',
  'CachedNode',
  'NdArrayNode',
  'MaskedArrayNode',
  'DTypeNode',
  'RandomStateNode',
  'RandomGeneratorNode',
  'SparseMatrixNode',
  'TreeNode',
  'LossNode',
  'QuantileForestNode',
  'SGDNode',
  'BunchNode',
  '_DictWithDeprecatedKeysNode',
])

/** Packages of which skops files hold objects in practice; what is active in them is named by the policy. */
const TRUSTED =
  /^(?:_loss|sklearn|numpy|scipy|pandas|xgboost|lightgbm|catboost|quantile_forest|imblearn|skops|category_encoders)(?:\.|$)/
const TRUSTED_TYPES = new Set([
  'builtins.dict',
  'builtins.list',
  'builtins.set',
  'builtins.frozenset',
  'builtins.tuple',
  'builtins.map',
  'builtins.bytes',
  'builtins.bytearray',
  'builtins.slice',
  'builtins.str',
  'builtins.int',
  'builtins.float',
  'builtins.bool',
  'builtins.complex',
  'builtins.object',
  'collections.OrderedDict',
  'collections.defaultdict',
  'functools.partial',
])
/** Attributes that no estimator reads through an operator, and that lead to code. */
const RISKY =
  /^_|\._|__|^(?:system|popen|eval|exec|run|call|spawn\w*|execv?\w*|import_module|loads?|open|write\w*|unlink|remove)$/

/** What is wrong with a node, or undefined when it is as skops writes it of trusted types. */
export function judgeNode(node: JudgedNode): SkopsJudgement | undefined {
  const type = `${node.module}.${node.name}`
  if (node.loader === 'OperatorFuncNode') return judgeOperator(node)
  if (node.role === 'active' || node.role === 'reach')
    return {
      isActive: true,
      message: `${node.loader || 'a node'} imports ${type}, which acts on the machine`,
    }
  if (node.loader === 'MethodNode') return judgeMethod(node)
  if (node.loader !== '' && !LOADERS.has(node.loader))
    return { isActive: false, message: `the loader ${node.loader} is none of skops` }
  if (node.loader === 'JsonNode' || isTrusted(node.module, type) || node.role !== 'unknown') return undefined
  if (node.module === '' && node.name === '') return undefined
  return { isActive: false, message: `${node.loader || 'a node'} imports ${type}, which is not known` }
}

function isTrusted(module: string, type: string): boolean {
  return TRUSTED.test(module) || TRUSTED_TYPES.has(type)
}

/** skops calls `operator.<name>(*attrs)`: only the three getters are made by its writer. */
function judgeOperator(node: JudgedNode): SkopsJudgement | undefined {
  const call = `operator.${node.name}(${node.texts.join(', ')})`
  if (node.module !== 'operator')
    return {
      isActive: true,
      message: `it claims to be ${node.module}.${node.name}, and loading calls ${call}`,
    }
  if (!['attrgetter', 'itemgetter', 'methodcaller'].includes(node.name))
    return { isActive: true, message: `loading calls ${call}` }
  if (node.texts.some((text) => RISKY.test(text))) return { isActive: true, message: `${call} leads to code` }
  return node.name === 'methodcaller'
    ? { isActive: false, message: `${call} calls a method of whatever it is given` }
    : undefined
}

function judgeMethod(node: JudgedNode): SkopsJudgement | undefined {
  const { owner, method = '' } = node
  const type = `${owner?.module ?? node.module}.${owner?.name ?? node.name}`
  if (RISKY.test(method)) return { isActive: true, message: `it takes the attribute ${method} of ${type}` }
  if (owner !== undefined && (owner.module !== node.module || owner.name !== node.name))
    return {
      isActive: false,
      message: `it claims a method of ${node.module}.${node.name} and takes ${method} of ${type}`,
    }
  return isTrusted(node.module, type)
    ? undefined
    : { isActive: false, message: `it takes the method ${method} of ${type}` }
}
