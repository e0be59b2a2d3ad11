import type { ModelRule } from '../rule.ts'
import { cutHeader } from './tensors/cut-header.ts'
import { malformedGguf } from './tensors/malformed-gguf.ts'
import { malformedNpy } from './tensors/malformed-npy.ts'
import { malformedSafetensors } from './tensors/malformed-safetensors.ts'

/** Rules for safetensors and GGUF. A new rule is one file in tensors/ and one line here. */
export const TENSORS_RULES: readonly ModelRule[] = [
  malformedSafetensors,
  malformedGguf,
  malformedNpy,
  cutHeader,
]
