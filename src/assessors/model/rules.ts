import type { ModelRule } from './rule.ts'
import { activeImport } from './rules/active-import.ts'
import { attributeAccess } from './rules/attribute-access.ts'
import { boundMethod } from './rules/bound-method.ts'
import { brokenStream } from './rules/broken-stream.ts'
import { calledClass } from './rules/called-class.ts'
import { changedImport } from './rules/changed-import.ts'
import { cutHeader } from './rules/cut-header.ts'
import { dynamicCall } from './rules/dynamic-call.ts'
import { extensionCode } from './rules/extension-code.ts'
import { malformedGguf } from './rules/malformed-gguf.ts'
import { malformedSafetensors } from './rules/malformed-safetensors.ts'
import { pythonSource } from './rules/python-source.ts'
import { reachingImport } from './rules/reaching-import.ts'
import { remoteCode } from './rules/remote-code.ts'
import { templateInjection } from './rules/template-injection.ts'
import { trailingData } from './rules/trailing-data.ts'
import { unknownImport } from './rules/unknown-import.ts'
import { unresolvedImport } from './rules/unresolved-import.ts'
import { yamlObject } from './rules/yaml-object.ts'
import { zipBomb } from './rules/zip-bomb.ts'
import { zipBroken } from './rules/zip-broken.ts'
import { zipDisagreement } from './rules/zip-disagreement.ts'
import { zipDuplicate } from './rules/zip-duplicate.ts'
import { zipEncrypted } from './rules/zip-encrypted.ts'
import { zipEscape } from './rules/zip-escape.ts'
import { zipHidden } from './rules/zip-hidden.ts'
import { zipStrayBytes } from './rules/zip-stray-bytes.ts'
import { zipSymlink } from './rules/zip-symlink.ts'

/** Every rule, in the order in which findings of one place are listed. A new rule is one file and one line here. */
export const MODEL_RULES: readonly ModelRule[] = [
  activeImport,
  reachingImport,
  unresolvedImport,
  changedImport,
  attributeAccess,
  dynamicCall,
  extensionCode,
  calledClass,
  unknownImport,
  boundMethod,
  brokenStream,
  trailingData,
  zipEscape,
  zipDisagreement,
  zipDuplicate,
  zipHidden,
  zipStrayBytes,
  zipSymlink,
  zipEncrypted,
  zipBomb,
  zipBroken,
  malformedSafetensors,
  malformedGguf,
  cutHeader,
  templateInjection,
  pythonSource,
  remoteCode,
  yamlObject,
]
