export { imageKindOf, readImage } from './read-image.ts'
