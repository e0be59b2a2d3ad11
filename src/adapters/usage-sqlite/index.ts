export { openUsageBook, type UsageBookFile } from './usage-book.ts'
