import type { ModelRule } from '../rule.ts'
import { torchScriptCustomOperator } from './torchscript/custom-operator.ts'
import { torchScriptEndlessLoad } from './torchscript/endless-load.ts'
import { torchScriptFileAccess } from './torchscript/file-access.ts'
import { torchScriptHiddenOperator } from './torchscript/hidden-operator.ts'
import { torchScriptNativeLibrary } from './torchscript/native-library.ts'
import { torchScriptRemoteCall } from './torchscript/remote-call.ts'
import { torchScriptTypeComment } from './torchscript/type-comment.ts'

/** Rules for TorchScript and exported PyTorch programs. A new rule is one file in torchscript/ and one line here. */
export const TORCHSCRIPT_RULES: readonly ModelRule[] = [
  torchScriptFileAccess,
  torchScriptRemoteCall,
  torchScriptTypeComment,
  torchScriptCustomOperator,
  torchScriptHiddenOperator,
  torchScriptNativeLibrary,
  torchScriptEndlessLoad,
]
