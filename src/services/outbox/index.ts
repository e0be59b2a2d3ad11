export { deliverStatement, drainOutbox, type OutboxFiles } from './outbox.ts'
