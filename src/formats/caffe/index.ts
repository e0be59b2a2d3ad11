export { type CaffeLayer, type CaffeView, readCaffeModel } from './read-caffemodel.ts'
export { readPrototxt } from './read-prototxt.ts'
