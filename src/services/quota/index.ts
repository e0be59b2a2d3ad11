export { createQuota, type Quota, type QuotaLimits, type UsageBook } from './quota.ts'
