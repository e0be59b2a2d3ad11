export { findCredentials } from './find-credentials.ts'
export { openAwsKmsKey } from './open-aws-kms-key.ts'
