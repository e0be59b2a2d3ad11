/** Bytes of an item of each type that values can be read of. */
const ITEM_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
  C128: 16,
}

/** Bytes of one item; undefined for types whose items are no whole bytes, or that are not known. */
export function itemBytes(dtype: string): number | undefined {
  return Object.hasOwn(ITEM_BYTES, dtype) ? ITEM_BYTES[dtype] : undefined
}

/** Types by the storage classes of PyTorch (torch/storage.py). */
export const TORCH_STORAGES: ReadonlyMap<string, string> = new Map([
  ['FloatStorage', 'F32'],
  ['DoubleStorage', 'F64'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
  ['ShortStorage', 'I16'],
  ['CharStorage', 'I8'],
  ['ByteStorage', 'U8'],
  ['BoolStorage', 'BOOL'],
  ['ComplexFloatStorage', 'C64'],
  ['ComplexDoubleStorage', 'C128'],
  // Bytes; the tensor says of what type (torch._utils._rebuild_tensor_v3).
  ['UntypedStorage', 'U8'],
])

/** Types by the names of PyTorch's dtypes. */
export const TORCH_DTYPES: ReadonlyMap<string, string> = new Map([
  ['float32', 'F32'],
  ['float64', 'F64'],
  ['float16', 'F16'],
  ['bfloat16', 'BF16'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
  ['float8_e4m3fnuz', 'F8_E4M3FNUZ'],
  ['float8_e5m2fnuz', 'F8_E5M2FNUZ'],
  ['float8_e8m0fnu', 'F8_E8M0'],
  ['int64', 'I64'],
  ['int32', 'I32'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint8', 'U8'],
  ['uint16', 'U16'],
  ['uint32', 'U32'],
  ['uint64', 'U64'],
  ['bool', 'BOOL'],
  ['complex64', 'C64'],
  ['complex128', 'C128'],
])

/** Types by the letters of NumPy's descriptions, for little-endian or single bytes (numpy.dtype). */
export const NUMPY_TYPES: ReadonlyMap<string, string> = new Map([
  ['<f8', 'F64'],
  ['<f4', 'F32'],
  ['<f2', 'F16'],
  ['<i8', 'I64'],
  ['<i4', 'I32'],
  ['<i2', 'I16'],
  ['|i1', 'I8'],
  ['<u8', 'U64'],
  ['<u4', 'U32'],
  ['<u2', 'U16'],
  ['|u1', 'U8'],
  ['|b1', 'BOOL'],
  ['<c8', 'C64'],
  ['<c16', 'C128'],
])

/** Names of ggml's tensor types by number (ggml.h); those that safetensors has too have its names. */
export const GGML_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [6, 'Q5_0'],
  [7, 'Q5_1'],
  [8, 'Q8_0'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [12, 'Q4_K'],
  [13, 'Q5_K'],
  [14, 'Q6_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [30, 'BF16'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
])
