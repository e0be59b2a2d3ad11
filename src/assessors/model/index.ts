export { assessFile, joinFiles, modelAssessorVersion, undecidedFile } from './assess-model.ts'
export type { ModelRule } from './rule.ts'
export { MODEL_RULES } from './rules.ts'
