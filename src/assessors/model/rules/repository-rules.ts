import type { ModelRule } from '../rule.ts'
import { activeOutput } from './repository/active-output.ts'
import { codeReference } from './repository/code-reference.ts'
import { compiledCode } from './repository/compiled-code.ts'
import { compiledHidden } from './repository/compiled-hidden.ts'
import { compiledProgram } from './repository/compiled-program.ts'
import { customModule } from './repository/custom-module.ts'
import { customPipeline } from './repository/custom-pipeline.ts'
import { foreignIndex } from './repository/foreign-index.ts'
import { gitFolder } from './repository/git-folder.ts'
import { hiddenCode } from './repository/hidden-code.ts'
import { importAction } from './repository/import-action.ts'
import { indexEscape } from './repository/index-escape.ts'
import { indexMismatch } from './repository/index-mismatch.ts'
import { loaderAction } from './repository/loader-action.ts'
import { lookAlikePackage } from './repository/look-alike-package.ts'
import { missingService } from './repository/missing-service.ts'
import { missingWeights } from './repository/missing-weights.ts'
import { modelLoader } from './repository/model-loader.ts'
import { pathFile } from './repository/path-file.ts'
import { pickleBeside } from './repository/pickle-beside.ts'
import { pythonReview } from './repository/python-review.ts'
import { pythonSource } from './repository/python-source.ts'
import { reachedCode } from './repository/reached-code.ts'
import { redirect } from './repository/redirect.ts'
import { remoteCode } from './repository/remote-code.ts'
import { shellAttack } from './repository/shell-attack.ts'
import { shellDownload } from './repository/shell-download.ts'
import { tokenMismatch } from './repository/token-mismatch.ts'
import { unpinnedSource } from './repository/unpinned-source.ts'

/** Rules for a repository as its loader sees it. A new rule is one file in repository/ and one line here. */
export const REPOSITORY_RULES: readonly ModelRule[] = [
  hiddenCode,
  importAction,
  loaderAction,
  pythonReview,
  reachedCode,
  pythonSource,
  shellAttack,
  shellDownload,
  pathFile,
  activeOutput,
  foreignIndex,
  unpinnedSource,
  tokenMismatch,
  lookAlikePackage,
  remoteCode,
  codeReference,
  customPipeline,
  customModule,
  modelLoader,
  indexEscape,
  indexMismatch,
  missingService,
  missingWeights,
  pickleBeside,
  compiledCode,
  compiledHidden,
  compiledProgram,
  gitFolder,
  redirect,
]
