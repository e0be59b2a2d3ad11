export { type CertificateView, readCertificate } from './read-certificate.ts'
export { readTimestamp, type TimestampView } from './read-timestamp.ts'
export { writeTimestampRequest } from './write-request.ts'
