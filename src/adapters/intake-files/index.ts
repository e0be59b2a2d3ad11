export { fileIntake, tarMembers } from './file-intake.ts'
export { type ArchiveKind, unpackInWorker } from './unpack-in-worker.ts'
