export { assessFile, joinFiles } from './assess-model.ts'

export { assessRepository } from './assess-repository.ts'
export { MODEL_RULES } from './rules.ts'
