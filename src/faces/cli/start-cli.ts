import type { House } from './house.ts'
import { type CliProcess, ioOf } from './io.ts'
import { plainScan } from './plain-scan.ts'
import type { runCli as RunCli } from './run-cli.ts'
import { scanAndPrint } from './scan-and-print.ts'

/**
 * Runs one command line and gives its exit code, as `runCli` does; a plain scan starts without the parser. Never throws.
 * @param light the same streams where nothing of them is needed but to write
 */
export async function startCli(
  house: House,
  process: CliProcess,
  light: CliProcess,
  args: readonly string[],
): Promise<number> {
  const plain = plainScan(args)
  if (plain === undefined) return runParsed(house, process, args)
  const io = ioOf(light)
  try {
    const code = await scanAndPrint({ house, io }, plain.flags, plain.paths)
    io.clearProgress()
    return code
  } catch (error) {
    io.clearProgress()
    // How a failure is told is the parser's to say: it runs the same command, which fails as it just did.
    const failing = { ...house, hasFile: () => false, scan: () => Promise.reject(error) }
    return runParsed(failing, process, args)
  }
}

/** Late: the commands and their parser are ten times what a plain scan needs. */
async function runParsed(...call: Parameters<typeof RunCli>): Promise<number> {
  return (await import('./run-cli.ts')).runCli(...call)
}
