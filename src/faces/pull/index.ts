export { createPullFace } from './pull-face.ts'
