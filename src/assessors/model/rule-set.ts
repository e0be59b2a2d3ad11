import allowlistsHub from '../../../catalog/allowlists/hub.json' with { type: 'json' }
import allowlistsNumpy from '../../../catalog/allowlists/numpy.json' with { type: 'json' }
import allowlistsPython from '../../../catalog/allowlists/python.json' with { type: 'json' }
import allowlistsSklearn from '../../../catalog/allowlists/sklearn.json' with { type: 'json' }
import allowlistsTorch from '../../../catalog/allowlists/torch.json' with { type: 'json' }
import operatorsExecutorch from '../../../catalog/operators/executorch.json' with { type: 'json' }
import operatorsOnnx from '../../../catalog/operators/onnx.json' with { type: 'json' }
import operatorsPaddle from '../../../catalog/operators/paddle.json' with { type: 'json' }
import operatorsTorchscript from '../../../catalog/operators/torchscript.json' with { type: 'json' }
import pickleCompatNames from '../../../catalog/pickle/compat-names.json' with { type: 'json' }
import pickleStdlibRoles from '../../../catalog/pickle/stdlib-roles.json' with { type: 'json' }
import rulesMetadataActiveImports from '../../../catalog/rules-metadata/active-imports.json' with {
  type: 'json',
}
import rulesMetadataConfigCallees from '../../../catalog/rules-metadata/config-callees.json' with {
  type: 'json',
}
import rulesMetadataDiffusersModules from '../../../catalog/rules-metadata/diffusers-modules.json' with {
  type: 'json',
}
import rulesMetadataKerasRoles from '../../../catalog/rules-metadata/keras-roles.json' with { type: 'json' }
import rulesMetadataPackageNames from '../../../catalog/rules-metadata/package-names.json' with {
  type: 'json',
}
import rulesMetadataPythonCalls from '../../../catalog/rules-metadata/python-calls.json' with { type: 'json' }
import rulesMetadataRFunctions from '../../../catalog/rules-metadata/r-functions.json' with { type: 'json' }
import rulesMetadataTensorflowOps from '../../../catalog/rules-metadata/tensorflow-ops.json' with {
  type: 'json',
}
import { sha256Hex } from '../../ground/crypto/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { MODEL_RULES } from './rules.ts'

/** Set by the build of the published package, which computes it once. */
declare const SALLYPORT_RULE_SET: string | undefined

/** Every list that takes part in a verdict. A test finds one that is missing here. */
const LISTS = [
  allowlistsHub,
  allowlistsNumpy,
  allowlistsPython,
  allowlistsSklearn,
  allowlistsTorch,
  operatorsExecutorch,
  operatorsOnnx,
  operatorsPaddle,
  operatorsTorchscript,
  pickleCompatNames,
  pickleStdlibRoles,
  rulesMetadataActiveImports,
  rulesMetadataConfigCallees,
  rulesMetadataDiffusersModules,
  rulesMetadataKerasRoles,
  rulesMetadataPackageNames,
  rulesMetadataPythonCalls,
  rulesMetadataRFunctions,
  rulesMetadataTensorflowOps,
]

let known: string | undefined

/** Digest of the rules and of all lists: `sha256:` and hex. Old answers are known by it. */
export function ruleSetDigest(): string {
  if (typeof SALLYPORT_RULE_SET === 'string') return SALLYPORT_RULE_SET
  known ??= `sha256:${sha256Hex(utf8(JSON.stringify([MODEL_RULES.map(metadataOf), LISTS])))}`
  return known
}

function metadataOf({ id, severity, verdict, title, taxonomy }: (typeof MODEL_RULES)[number]) {
  return { id, severity, verdict, title, taxonomy }
}
