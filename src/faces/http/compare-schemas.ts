import { type TProperties, Type } from 'typebox'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Text = Type.String()

export const DifferencesQuerySchema = Closed({
  from: Type.String({
    pattern: '^sha256:[0-9a-f]{64}$',
    description: 'The model to compare with: the one before',
  }),
})

/** Whether a model can be had as safetensors. */
export const ConversionOfferSchema = Closed({
  can: Type.Boolean(),
  /** Pickles that would be converted. */
  files: Type.Array(Text),
  /** Why not, and what to do. */
  why: Type.Optional(Text),
})

export const ConvertRequestSchema = Closed({
  to: Type.Enum(['safetensors']),
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
  dropOther: Type.Optional(Type.Boolean()),
  without: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { maxItems: 100 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
})

/** A model that was converted, taken in and looked at. */
export const ConvertedModelSchema = Closed({
  digest: DigestText,
  name: Text,
  /** Of the derivation. */
  statement: DigestText,
  files: Type.Array(
    Closed({
      from: Text,
      to: Text,
      tensors: Count,
      sizeBytes: Count,
      /** Tensors that lay in the same memory and stand in the new file each for itself. */
      shared: Type.Array(Type.Array(Text)),
      /** What was no tensor and was left out. */
      dropped: Type.Array(Text),
    }),
  ),
})
