export { fileIntake, tarMembers } from './file-intake.ts'
