/** A member of what may be no object: answers of peers and bodies of log entries are anything until they are looked at. */
export function at(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
