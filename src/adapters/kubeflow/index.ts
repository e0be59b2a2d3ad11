export { createKubeflowMirror } from './kubeflow-mirror.ts'
