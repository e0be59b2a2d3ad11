export {
  type ExecutableView,
  looksLikeExecutable,
  readExecutable,
} from './read-executable.ts'
