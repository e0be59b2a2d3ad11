import hub from '../../../catalog/allowlists/hub.json' with { type: 'json' }
import numpy from '../../../catalog/allowlists/numpy.json' with { type: 'json' }
import python from '../../../catalog/allowlists/python.json' with { type: 'json' }
import sklearn from '../../../catalog/allowlists/sklearn.json' with { type: 'json' }
import torch from '../../../catalog/allowlists/torch.json' with { type: 'json' }
import stdlib from '../../../catalog/pickle/stdlib-roles.json' with { type: 'json' }
import active from '../../../catalog/rules-metadata/active-imports.json' with { type: 'json' }
import { type ImportPolicy, makeImportPolicy } from './import-policy.ts'

let made: ImportPolicy | undefined

/** Late: reading the lists takes milliseconds, and most files import nothing. */
function policy(): ImportPolicy {
  made ??= makeImportPolicy({ allowlists: [python, numpy, torch, sklearn, hub], active, stdlib })
  return made
}

/** The policy of the lists in catalog/: what every scan uses. */
export const STANDARD_POLICY: ImportPolicy = {
  roleOf: (module, name) => policy().roleOf(module, name),
  isActingMethod: (name) => policy().isActingMethod(name),
  isAttackName: (name) => policy().isAttackName(name),
  isSafeCall: (call) => policy().isSafeCall(call),
}
