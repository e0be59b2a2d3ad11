/** A tensor of a written file: its bytes as they are to stand. */
export interface WrittenSafetensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** A safetensors file, written from the format's own description and by no code of the product. */
export function safetensorsFile(tensors: Readonly<Record<string, WrittenSafetensor>>): Uint8Array {
  let at = 0
  const header: Record<string, unknown> = {}
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, ...Object.values(tensors).map(({ bytes }) => bytes)])
}

/** Floats as a tensor of F32. */
export function f32(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): WrittenSafetensor {
  return { dtype: 'F32', shape, bytes: Buffer.from(Float32Array.from(values).buffer) }
}
