'use strict'
// Runs a script of the published package with the code that V8 made of it the last time. Node's own cache keeps what the
// first command ever run had compiled; this one has a place for each sort of command, so that a scan finds what it needs.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

/** The XDG cache folder of this user. Without `node:os` where the environment says it. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME
  if (base !== undefined && path.isAbsolute(base)) return path.join(base, 'sallyport')
  return path.join(process.env.HOME || require('node:os').homedir(), '.cache', 'sallyport')
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file)
  } catch {
    return undefined // Information: nothing is kept yet.
  }
}

/** Keeps compiled code for the next process, in place of that of other versions. A folder that cannot be written only costs time. */
function keep(file, script) {
  const folder = path.dirname(file)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name), { force: true })
    fs.writeFileSync(`${file}.${process.pid}`, script.createCachedData(), { mode: 0o600 })
    fs.renameSync(`${file}.${process.pid}`, file)
  } catch {
    // Information: the next process compiles again.
  }
}

/** Runs a CommonJS script. `sort` names the place of its code: commands that use other parts of it have another one. */
function runKept(file, sort, requireFrom) {
  const digest = readIfThere(`${file}.sha256`)?.toString('latin1', 0, 32)
  const kept = path.join(cacheFolder(), `code-${sort}`, `${process.version}-${digest}`)
  const cachedData = digest === undefined ? undefined : readIfThere(kept)
  // The build writes ASCII only: read so, it need not be decoded.
  const text = fs.readFileSync(file, 'latin1')
  const script = new vm.Script(`(function(exports,require,module,__filename,__dirname){${text}\n})`, {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  if (digest !== undefined && (cachedData === undefined || script.cachedDataRejected))
    process.once('exit', () => keep(kept, script))
  const module = { exports: {} }
  script.runInThisContext()(module.exports, requireFrom, module, file, path.dirname(file))
}

module.exports = { cacheFolder, runKept }
