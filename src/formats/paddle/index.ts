export { looksLikePaddle, type PaddleOperator, type PaddleView, readPaddle } from './read-paddle.ts'
export { readPir } from './read-pir.ts'
