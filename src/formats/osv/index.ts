export type { OsvAffected, OsvRange, OsvRecord, SeverityScore } from './osv-record.ts'
export { readEpss, readKev } from './read-exploits.ts'
export { readOsv } from './read-osv.ts'
