import type { ModelRule } from '../rule.ts'
import { actingCall } from './pickle/acting-call.ts'
import { activeImport } from './pickle/active-import.ts'
import { attackCode } from './pickle/attack-code.ts'
import { attributeAccess } from './pickle/attribute-access.ts'
import { boundMethod } from './pickle/bound-method.ts'
import { brokenStream } from './pickle/broken-stream.ts'
import { calledClass } from './pickle/called-class.ts'
import { carriedCode } from './pickle/carried-code.ts'
import { changedImport } from './pickle/changed-import.ts'
import { dynamicCall } from './pickle/dynamic-call.ts'
import { exhaustingCall } from './pickle/exhausting-call.ts'
import { extensionCode } from './pickle/extension-code.ts'
import { frameCrossing } from './pickle/frame-crossing.ts'
import { reachingImport } from './pickle/reaching-import.ts'
import { stateCode } from './pickle/state-code.ts'
import { tensorItem } from './pickle/tensor-item.ts'
import { trailingData } from './pickle/trailing-data.ts'
import { unknownImport } from './pickle/unknown-import.ts'
import { unresolvedImport } from './pickle/unresolved-import.ts'

/** Rules for pickles. A new rule is one file in pickle/ and one line here. */
export const PICKLE_RULES: readonly ModelRule[] = [
  activeImport,
  reachingImport,
  unresolvedImport,
  changedImport,
  attributeAccess,
  actingCall,
  attackCode,
  stateCode,
  dynamicCall,
  exhaustingCall,
  extensionCode,
  frameCrossing,
  tensorItem,
  calledClass,
  carriedCode,
  unknownImport,
  boundMethod,
  brokenStream,
  trailingData,
]
