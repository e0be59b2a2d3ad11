export { openDecisionClient } from './decision-client.ts'
