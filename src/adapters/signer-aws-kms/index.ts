export { openAwsKmsKey } from './open-aws-kms-key.ts'
