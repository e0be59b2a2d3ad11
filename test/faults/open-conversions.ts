import { openConversion, weightsDoor } from '../../src/home-compare.ts'
import { withParts } from '../../src/home-parts.ts'
import { readSettings } from '../../src/services/settings/index.ts'

/** A real home with its own scanner, and what converts there and in folders beside it. */
export async function openConversions(home: string) {
  const { parts, close } = await withParts(readSettings({ SALLYPORT_HOME: home }, () => undefined))
  return { parts, close, conversion: () => openConversion(parts, home), folders: weightsDoor() }
}
