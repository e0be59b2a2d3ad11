import { buildCommand } from '@stricli/core'
import type { CliContext } from './context.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_sallyport() {
  local IFS=$'\\n'
  COMPREPLY=($(sallyport __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _sallyport sallyport`,
  zsh: `#compdef sallyport
_sallyport() {
  local -a found
  found=("\${(@f)$(sallyport __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found || _files
}
compdef _sallyport sallyport`,
  fish: `complete -c sallyport -a '(sallyport __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
}

export const completionCommand = buildCommand({
  async func(this: CliContext, _flags: Record<never, never>, shell: Shell) {
    this.io.out(SCRIPTS[shell])
  },
  parameters: {
    flags: {},
    positional: {
      kind: 'tuple',
      parameters: [{ parse: parseShell, brief: SHELLS.join(', '), placeholder: 'shell' }],
    },
  },
  docs: {
    brief: 'Print a script that completes commands in your shell',
    customUsage: [{ input: 'bash > ~/.local/share/bash-completion/completions/sallyport', brief: '' }],
  },
})

function parseShell(text: string): Shell {
  const shell = SHELLS.find((candidate) => candidate === text)
  if (shell === undefined) throw new Error(`"${text}" is none of ${SHELLS.join(', ')}`)
  return shell
}
