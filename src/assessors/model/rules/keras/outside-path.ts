/** Whether a name in a file leads out of the folder that the file stands in: absolute, upwards, a drive, a share, or a URL. */
export function leadsOutside(name: string): boolean {
  const path = name.replaceAll('\\', '/')
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:/.test(path)) return true
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.split('/').includes('..')
}
