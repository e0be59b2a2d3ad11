export { writeTimestampRequest as timestampQuestion } from '../../formats/timestamp/index.ts'
