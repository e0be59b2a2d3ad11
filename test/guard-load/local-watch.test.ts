import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lay } from './approved-model.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/sallyport')

test('with no server at all, a revocation on this machine ends what runs, and the home is free for it', {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-watch-'))
  const env = { ...process.env, SALLYPORT_HOME: join(folder, 'home'), TMPDIR: folder, NO_COLOR: '1' }
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, ...args], { env, cwd: folder, encoding: 'utf8' })
  try {
    const model = lay(join(folder, 'model'), { 'config.json': '{"model_type":"bert"}' })
    expect(run('import', model, '--name', 'm')).toMatchObject({ status: 0 })
    expect(run('promote', 'm', '--stage', 'development')).toMatchObject({ status: 0 })
    const order = ['guard-load', model, '--stage', 'development', '--exec', '--watch']
    const command = ['--', 'sh', '-c', `test -r {}/config.json && touch ${folder}/started && sleep 600`]
    const guard = spawn(process.execPath, [PROGRAM, ...order, ...command], { env, cwd: folder })
    let said = ''
    guard.stderr.on('data', (chunk) => {
      said += String(chunk)
    })
    const ended = new Promise((done) => guard.once('exit', (code) => done(code)))
    while (!existsSync(join(folder, 'started'))) await pause(50)
    // The watch opens the home for a moment now and then: whoever comes in between is told so, and tries again.
    let revoked = run('revoke', 'm', '--note', 'bad')
    for (let attempt = 0; attempt < 20 && /LOG_LOCKED/.test(revoked.stderr); attempt++)
      revoked = run('revoke', 'm', '--note', 'bad')
    expect(revoked).toMatchObject({ status: 0 })
    expect(await ended, said).toBe(1)
    expect(said).toMatch(/watching[\s\S]*revoked .*bad/)
    expect(readdirSync(folder).filter((name) => name.startsWith('sallyport-exec-'))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
