'use strict'
// Reads single modules of the second script of the published package (`dist/main-late.cjs`, written by lazy-script.cjs). Most
// commands need a tenth of it, and text that is never read is never held: the whole cost every command 50 MB of memory.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

/** Characters at the start of the file that say how long its first line is. */
const HEAD_DIGITS = 8

/** The text of the file: a line that says where its modules are, and the modules. ASCII, so that characters are bytes. */
function writeLate(modules) {
  const texts = modules.map(({ number, text }) => [number, `${text}\n`])
  const places = texts.map(([number, text]) => [number, text.length, text.split('\n').length - 1])
  const head = `${JSON.stringify(places)}\n`
  return `${String(head.length).padEnd(HEAD_DIGITS)}${head}${texts.map(([, text]) => text).join('')}`
}

/** The file stays open, so that a package that is replaced under a running server does not mix two versions. */
function openLate(file) {
  const descriptor = fs.openSync(file, 'r')
  const read = (at, length) => {
    const bytes = Buffer.allocUnsafe(length)
    for (let done = 0; done < length; ) {
      const got = fs.readSync(descriptor, bytes, done, length - done, at + done)
      if (got === 0) throw new Error(`${file} is cut short; install sallyport again`)
      done += got
    }
    return bytes.latin1Slice()
  }
  const headLength = Number(read(0, HEAD_DIGITS))
  const places = new Map()
  let [at, line] = [HEAD_DIGITS + headLength, 1]
  for (const [number, length, lines] of JSON.parse(read(HEAD_DIGITS, headLength))) {
    places.set(number, { at, length, line })
    at += length
    line += lines
  }
  return (number) => ({ ...places.get(number), read })
}

/**
 * Gives what makes a module by its number.
 * @param given what a module may call: `make`, `whenAsked`, `require`
 */
function lateModules(file, { make, whenAsked, require: requireFrom }) {
  const find = openLate(file)
  return (number) => {
    const { at, length, line, read } = find(number)
    const text = `(function(make,whenAsked,require,__filename,__dirname){'use strict';return ${read(at, length)}})`
    const script = new vm.Script(text, {
      filename: file,
      lineOffset: line,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    return script.runInThisContext()(make, whenAsked, requireFrom, file, path.dirname(file))
  }
}

module.exports = { lateModules, writeLate }
