export { createMlflowUpstream } from './mlflow-upstream.ts'
export { webFiles } from './web-file.ts'
