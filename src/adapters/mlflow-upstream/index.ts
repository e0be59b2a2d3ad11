export { createMlflowUpstream, type MlflowUpstream } from './mlflow-upstream.ts'
export { webFiles } from './web-file.ts'
