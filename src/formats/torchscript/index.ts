export { type ExportedView, readExported } from './read-exported.ts'
export { readTorchScript } from './read-torchscript.ts'
export type { TorchScriptName, TorchScriptTypeComment, TorchScriptView } from './torchscript-view.ts'
