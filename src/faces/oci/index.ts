export { createOciFace } from './oci-face.ts'
