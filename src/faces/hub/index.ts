export { createHubFace, type HubFace } from './hub-face.ts'
export { sendFile } from './send-file.ts'
