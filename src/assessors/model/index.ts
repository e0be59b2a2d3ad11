export { assessFile, joinFiles } from './assess-model.ts'

export { assessRepository } from './assess-repository.ts'
export { MODEL_RULES } from './rules.ts'
export { findPasswords } from './words/secrets/find-passwords.ts'
export { findSecrets } from './words/secrets/find-secrets.ts'
