import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openUsageBook } from './index.ts'

test('what was counted is there after the process was killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-usage-'))
  const file = join(folder, 'usage.db')
  const module = new URL('./index.ts', import.meta.url).href
  const run = spawnSync(process.execPath, [
    ...['--input-type=module', '-e'],
    `const { openUsageBook } = await import('${module}'); const book = openUsageBook('${file}'); book.add('ada', '2026-11-21', 40); book.add('ada', '2026-11-21', 2); process.kill(process.pid, 'SIGKILL')`,
  ])
  expect(run.signal).toBe('SIGKILL')
  const book = openUsageBook(file)
  expect([
    book.used('ada', '2026-11-21'),
    book.used('ada', '2026-11-22'),
    book.used('bo', '2026-11-21'),
  ]).toEqual([42, 0, 0])
  book.close()
  rmSync(folder, { recursive: true })
})

test('a file that is no book is refused by name', () => {
  expect(() => openUsageBook(join(tmpdir(), 'no', 'such', 'folder.db'))).toThrow(/folder\.db failed/)
})
