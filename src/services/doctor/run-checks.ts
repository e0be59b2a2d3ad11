/** What one look came to. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly nextStep?: string
}

/** One thing to look at; it throws when it is not in order, and warns of what will not be for long. */
export interface Look {
  readonly name: string
  readonly look: () => Promise<string | { readonly warning: string }>
  /** What to do when it is not in order. */
  readonly nextStep: string
}

/** Looks at one thing after the other; a failure is a result, and the next look is taken all the same. */
export async function runChecks(looks: readonly Look[]): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const { name, look, nextStep } of looks) {
    try {
      const said = await look()
      checks.push(
        typeof said === 'string'
          ? { name, status: 'ok', message: said }
          : { name, status: 'warning', message: said.warning, nextStep },
      )
    } catch (error) {
      checks.push({ name, status: 'failed', message: (error as Error).message, nextStep })
    }
  }
  return checks
}
