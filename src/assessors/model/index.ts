export { assessFile, joinFiles } from './assess-model.ts'

export { MODEL_RULES } from './rules.ts'
