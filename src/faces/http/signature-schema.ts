import { Type } from 'typebox'

const Digest = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Time = Type.String({ format: 'date-time' })

/** An OpenSSF Model Signing signature that was verified here, on a model's page. */
export const SignatureSchema = Type.Object(
  {
    /** Of the sealed statement about it. */
    sealed: Digest,
    at: Time,
    result: Type.Union([Type.Literal('valid'), Type.Literal('refused')]),
    /** Of the signature file. */
    bundle: Digest,
    /** Why it was refused. */
    reason: Type.Optional(Type.String()),
    method: Type.Optional(
      Type.Union([Type.Literal('key'), Type.Literal('certificate'), Type.Literal('keyless')]),
    ),
    /** The name under which the signer is believed. */
    believed: Type.Optional(Type.String()),
    keyId: Type.Optional(Hex),
    curve: Type.Optional(Type.Union([Type.Literal('P-256'), Type.Literal('P-384'), Type.Literal('P-521')])),
    identity: Type.Optional(Type.String()),
    identityProvider: Type.Optional(Type.String()),
    certificate: Type.Optional(
      Type.Object(
        { subject: Type.String(), issuer: Type.String(), serial: Type.String(), notAfter: Time },
        { additionalProperties: false },
      ),
    ),
    /** Vouched for by a log or a timestamp authority. */
    signedAt: Type.Optional(Time),
    statement: Type.Optional(Digest),
    omsRoot: Type.Optional(Hex),
  },
  { additionalProperties: false },
)
