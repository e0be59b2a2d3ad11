export { type Requirement, readOtherRequirements, readRequirements } from './read-requirements.ts'
