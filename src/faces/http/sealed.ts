/** A type of the API as its reader holds it: nothing in it may be changed. */
export type Sealed<T> = T extends object ? { readonly [K in keyof T]: Sealed<T[K]> } : T
