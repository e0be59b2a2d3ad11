/** A name behind a folder; the name alone when there is no folder. */
export function placeOf(folder: string, name: string): string {
  if (folder === '' || folder === '.') return name
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}
