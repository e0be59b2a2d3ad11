import type { ModelRule } from '../rule.ts'
import { zipBomb } from './zip/zip-bomb.ts'
import { zipBroken } from './zip/zip-broken.ts'
import { zipDisagreement } from './zip/zip-disagreement.ts'
import { zipDuplicate } from './zip/zip-duplicate.ts'
import { zipEncrypted } from './zip/zip-encrypted.ts'
import { zipEscape } from './zip/zip-escape.ts'
import { zipHidden } from './zip/zip-hidden.ts'
import { zipStrayBytes } from './zip/zip-stray-bytes.ts'
import { zipSymlink } from './zip/zip-symlink.ts'

/** Rules for ZIP archives. A new rule is one file in zip/ and one line here. */
export const ZIP_RULES: readonly ModelRule[] = [
  zipEscape,
  zipDisagreement,
  zipDuplicate,
  zipHidden,
  zipStrayBytes,
  zipSymlink,
  zipEncrypted,
  zipBomb,
  zipBroken,
]
