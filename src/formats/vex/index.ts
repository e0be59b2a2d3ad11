export {
  readOpenVex,
  type VexDocument,
  type VexProduct,
  type VexStatement,
  type VexStatus,
} from './read-openvex.ts'
