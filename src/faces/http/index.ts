export type { Differences, PolicySentences } from './contract.ts'
export type {
  HttpConfig,
  HttpDeps,
  LedgerReader,
  LineageReader,
  ReadEntry,
} from './deps.ts'
export { isLoopback } from './guards.ts'
export {
  createOpsServer,
  createRequestMetrics,
} from './ops-server.ts'
export { createHttpServer, type HttpServer } from './server.ts'
