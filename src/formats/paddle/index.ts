export { looksLikePaddle, type PaddleOperator, readPaddle } from './read-paddle.ts'
export { readPir } from './read-pir.ts'
