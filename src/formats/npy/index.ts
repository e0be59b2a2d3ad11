export { looksLikeNpy, type NpyView, readNpy } from './read-npy.ts'
