export { createHubFace, type HubFace } from './hub-face.ts'
export { bytesWanted, sendFile } from './send-file.ts'
