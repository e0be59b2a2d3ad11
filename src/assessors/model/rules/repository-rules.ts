import type { ModelRule } from '../rule.ts'
import { activeOutput } from './repository/active-output.ts'
import { foreignIndex } from './repository/foreign-index.ts'
import { hiddenCode } from './repository/hidden-code.ts'
import { importAction } from './repository/import-action.ts'
import { loaderAction } from './repository/loader-action.ts'
import { lookAlikePackage } from './repository/look-alike-package.ts'
import { pathFile } from './repository/path-file.ts'
import { pythonReview } from './repository/python-review.ts'
import { pythonSource } from './repository/python-source.ts'
import { remoteCode } from './repository/remote-code.ts'
import { shellAttack } from './repository/shell-attack.ts'
import { shellDownload } from './repository/shell-download.ts'

/** Rules for a repository as its loader sees it. A new rule is one file in repository/ and one line here. */
export const REPOSITORY_RULES: readonly ModelRule[] = [
  hiddenCode,
  importAction,
  loaderAction,
  pythonReview,
  pythonSource,
  shellAttack,
  shellDownload,
  pathFile,
  activeOutput,
  foreignIndex,
  lookAlikePackage,
  remoteCode,
]
