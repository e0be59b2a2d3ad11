export { type ImageKind, type ImageView, imageKindOf, readImage } from './read-image.ts'
