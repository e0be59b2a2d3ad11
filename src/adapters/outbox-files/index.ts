export { openOutboxFolder } from './open-outbox-folder.ts'
