/** Types and pseudo-types of items (R's Rinternals.h and serialize.c). */
export const SXP = {
  nil: 0,
  symbol: 1,
  list: 2,
  closure: 3,
  environment: 4,
  promise: 5,
  language: 6,
  special: 7,
  builtin: 8,
  character: 9,
  logical: 10,
  integer: 13,
  real: 14,
  complex: 15,
  string: 16,
  dots: 17,
  vector: 19,
  expression: 20,
  bytecode: 21,
  pointer: 22,
  weak: 23,
  raw: 24,
  s4: 25,
  altrep: 238,
  attributeList: 239,
  attributeLanguage: 240,
  baseEnvironment: 241,
  emptyEnvironment: 242,
  bytecodeReference: 243,
  bytecodeDefinition: 244,
  packageName: 248,
  namespaceName: 249,
  persistentName: 247,
  baseNamespace: 250,
  missing: 251,
  unbound: 252,
  global: 253,
  null: 254,
  reference: 255,
} as const

/** Bits of the flags word. */
export const HAS_ATTRIBUTES = 1 << 9
export const HAS_TAG = 1 << 10
/** Bit 15 of the general purpose bits, which begin at bit 12 of the flags: an active binding. */
export const IS_ACTIVE = 1 << 27
