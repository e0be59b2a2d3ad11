export { looksLikeNpy, readNpy } from './read-npy.ts'
