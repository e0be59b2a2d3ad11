export type {
  HttpConfig,
  HttpDeps,
  LedgerReader,
  ReadEntry,
  ReadProof,
  RequestRecord,
  Upload,
  UploadFolder,
} from './deps.ts'
export { openApiDocument } from './openapi.ts'
export {
  createOpsServer,
  createRequestMetrics,
  type OpsDeps,
  type OpsServer,
  type RequestMetrics,
} from './ops-server.ts'
export { createHttpServer, type HttpServer } from './server.ts'
