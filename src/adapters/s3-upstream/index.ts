export { createS3Source, type S3Credentials, type S3Source } from './s3-source.ts'
