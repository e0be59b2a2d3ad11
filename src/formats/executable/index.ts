export {
  type ExecutableKind,
  type ExecutableView,
  looksLikeExecutable,
  readExecutable,
} from './read-executable.ts'
