export { fileIntake } from './file-intake.ts'
