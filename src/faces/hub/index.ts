export { createHubFace, type HubFace } from './hub-face.ts'
