export { createQuickScan } from './create-quick-scan.ts'
