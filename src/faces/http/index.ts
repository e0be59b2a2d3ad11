export type {
  HttpConfig,
  HttpDeps,
  LedgerReader,
  ReadEntry,
} from './deps.ts'

export {
  createOpsServer,
  createRequestMetrics,
} from './ops-server.ts'
export { createHttpServer, type HttpServer } from './server.ts'
