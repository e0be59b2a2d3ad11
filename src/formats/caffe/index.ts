export { type CaffeLayer, readCaffeModel } from './read-caffemodel.ts'
export { readPrototxt } from './read-prototxt.ts'
