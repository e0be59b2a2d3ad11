/** Why a path in a model leads away from the folder of the model, or undefined when it stays there. */
export function pathEscape(target: string): string | undefined {
  if (target.includes('\0')) return 'it holds a zero byte'
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(target)) return 'it is an address'
  if (target.includes('_ORT_MEM_ADDR_')) return 'it stands for an address in memory'
  if (/^([/\\]|[a-zA-Z]:[/\\])/.test(target))
    return /^[/\\](dev|proc|sys)[/\\]/.test(target)
      ? 'it is a device or a file of the system'
      : 'it is absolute'
  if (target.startsWith('~')) return "it begins in the user's home"
  const parts = target.split(/[/\\]/)
  if (parts.includes('..')) return "it leads out of the model's folder"
  if (parts.some((part) => /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i.test(part)))
    return 'it is a device of Windows'
  return undefined
}
