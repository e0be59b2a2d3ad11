'use strict'
// `npm start`: builds the console where it is missing or old, then brings the platform up with the example pipeline.
const path = require('node:path')
const { findNode24, runUnderNode24 } = require('./with-node24.cjs')

const node = findNode24()
if (node !== undefined && node.binary !== process.execPath)
  runUnderNode24([__filename, ...process.argv.slice(2)])
else {
  require('./build-console.cjs').buildConsole()
  runUnderNode24([path.join(__dirname, 'sallyport'), 'up', '--example', ...process.argv.slice(2)])
}
