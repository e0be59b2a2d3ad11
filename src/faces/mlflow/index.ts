export { createMlflowFace, type MlflowFace } from './mlflow-face.ts'
