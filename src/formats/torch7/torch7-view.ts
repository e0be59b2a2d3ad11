/** A Lua function in the file: string.dump made it, and loading makes it a function again. */
export interface LuaFunction {
  readonly path: string
  readonly offset: number
  readonly length: number
  /** LuaJIT or Lua bytecode, as its first bytes say. */
  readonly isBytecode: boolean
  /** Texts among its constants. */
  readonly words: readonly string[]
}

/** A file of torch.save of Lua Torch (torch/torch7, File.lua). */
export interface Torch7View {
  readonly encoding: 'binary' | 'ascii'
  readonly functions: readonly LuaFunction[]
  readonly classes: readonly string[]
  /** Texts that are more than a name, with where they stand. */
  readonly words: readonly (readonly [string, string])[]
  readonly problem:
    | { readonly kind: 'cut' | 'malformed' | 'limit'; readonly message: string; readonly offset: number }
    | undefined
  readonly endOffset: number
  readonly readBytes: number
}
