export { looksLikeTorch7, readTorch7 } from './read-torch7.ts'
export type { LuaFunction, Torch7View } from './torch7-view.ts'
