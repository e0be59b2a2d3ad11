export { looksLikeExecuTorch, readExecuTorch } from './read-executorch.ts'
