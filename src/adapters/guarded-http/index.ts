export { createGuardedHttp } from './guarded-http.ts'
