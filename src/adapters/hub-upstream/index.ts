export { createHubUpstream } from './hub-upstream.ts'
