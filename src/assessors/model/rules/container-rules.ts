import type { ModelRule } from '../rule.ts'
import { carriedProgram } from './container/carried-program.ts'
import { containerBomb } from './container/container-bomb.ts'
import { containerDevice } from './container/container-device.ts'
import { containerDigest } from './container/container-digest.ts'
import { containerDisagreement } from './container/container-disagreement.ts'
import { containerDisguised } from './container/container-disguised.ts'
import { containerEscape } from './container/container-escape.ts'
import { containerExecutable } from './container/container-executable.ts'
import { containerLink } from './container/container-link.ts'
import { containerLlamafile } from './container/container-llamafile.ts'
import { containerNesting } from './container/container-nesting.ts'
import { containerPolyglot } from './container/container-polyglot.ts'
import { containerStartFile } from './container/container-start-file.ts'
import { containerTrailing } from './container/container-trailing.ts'
import { containerWrongFormat } from './container/container-wrong-format.ts'
import { shortStorage } from './container/short-storage.ts'

/** Rules for other containers, packed streams, polyglots and executables. A new rule is one file in container/ and one line here. */
export const CONTAINER_RULES: readonly ModelRule[] = [
  containerBomb,
  containerNesting,
  containerEscape,
  containerLink,
  containerDevice,
  containerDisagreement,
  containerTrailing,
  containerPolyglot,
  containerExecutable,
  carriedProgram,
  containerDisguised,
  containerLlamafile,
  containerWrongFormat,
  containerDigest,
  containerStartFile,
  shortStorage,
]
