/** Classes that stand for a file or a connection: making one opens it, whether by `__init__` or by `__new__`. */
const RESOURCE =
  /memmap|mmap|mapped|(?:File|Reader|Writer|Corpus|Socket|Connection|Client|Server|Database|Downloader|Browser|Session)$/

/** Whether a class of this name opens something when an object is made of it with arguments. */
export function isResource(name: string): boolean {
  return RESOURCE.test(name)
}
