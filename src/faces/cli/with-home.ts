import type { CliContext } from './context.ts'
import type { Home } from './house.ts'

/** Opens the home, works, and closes it again, whatever happens. */
export async function withHome<T>(context: CliContext, work: (home: Home) => Promise<T>): Promise<T> {
  const home = await context.house.openHome()
  try {
    return await work(home)
  } finally {
    await home.close()
  }
}
