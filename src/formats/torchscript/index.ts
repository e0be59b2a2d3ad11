export { readTorchScript } from './read-torchscript.ts'
export type { TorchScriptName, TorchScriptTypeComment, TorchScriptView } from './torchscript-view.ts'
