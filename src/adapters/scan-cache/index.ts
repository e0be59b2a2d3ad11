export { cacheScans } from './cache-scans.ts'
