export { type ExecuTorchView, looksLikeExecuTorch, readExecuTorch } from './read-executorch.ts'
