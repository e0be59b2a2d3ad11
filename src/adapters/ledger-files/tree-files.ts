import { dirname, join } from 'node:path'
import type { TreeFile } from '../../trust/ledger/index.ts'
import type { FileOps } from './file-ops.ts'

/** Files written and synced at once. The disk orders them; more would only take threads from the journal. */
const PARALLEL = 4

/** The published files of a log under its folder, at the paths that C2SP gives them. */
export class TreeFiles {
  readonly #ops: FileOps
  readonly #folder: string
  /** Folders whose names are known to be on the disk. One that was found, not made, may have been left unsynced by a crash. */
  readonly #durable = new Set<string>()

  constructor(ops: FileOps, folder: string) {
    this.#ops = ops
    this.#folder = folder
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return await this.#ops.readFile(join(this.#folder, path))
  }

  /** Resolves when every file, its name, and the folders above are on the disk. */
  async write(files: readonly TreeFile[]): Promise<void> {
    const folders = new Set(files.map((file) => dirname(join(this.#folder, file.path))))
    for (const folder of folders) await this.#makeFolder(folder)
    const queue = files.values()
    await Promise.all(Array.from({ length: PARALLEL }, () => this.#writeFrom(queue)))
    for (const folder of folders) await this.#ops.syncFolder(folder, 'tree folder')
  }

  async #writeFrom(queue: Iterable<TreeFile>): Promise<void> {
    for (const file of queue) {
      const handle = await this.#ops.open(join(this.#folder, file.path), 'replace')
      try {
        await handle.write(file.bytes, 0)
        await handle.sync('tree file')
      } finally {
        await handle.close()
      }
    }
  }

  async #makeFolder(path: string): Promise<void> {
    if (path === this.#folder || this.#durable.has(path)) return
    await this.#makeFolder(dirname(path))
    await this.#ops.makeFolder(path)
    await this.#ops.syncFolder(dirname(path), 'tree parent')
    this.#durable.add(path)
  }

  /** Resolves when a crash could no longer bring the old checkpoint back. Readers see one or the other. */
  async replaceCheckpoint(bytes: Uint8Array): Promise<void> {
    const fresh = join(this.#folder, 'checkpoint.new')
    const handle = await this.#ops.open(fresh, 'replace')
    try {
      await handle.write(bytes, 0)
      await handle.sync('checkpoint file')
    } finally {
      await handle.close()
    }
    await this.#ops.rename(fresh, join(this.#folder, 'checkpoint'))
    await this.#ops.syncFolder(this.#folder, 'checkpoint folder')
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#ops.remove(join(this.#folder, path))
  }
}
