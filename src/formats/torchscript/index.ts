export { type EndlessLoop, findEndlessLoops } from './endless-loops.ts'
export { type ExportedView, readExported } from './read-exported.ts'
export { readTorchScript } from './read-torchscript.ts'
export type { TorchScriptName, TorchScriptView } from './torchscript-view.ts'
