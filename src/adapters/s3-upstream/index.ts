export { createS3Source, type S3Credentials } from './s3-source.ts'
