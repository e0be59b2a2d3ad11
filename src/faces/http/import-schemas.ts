import { type Static, Type } from 'typebox'

/** How a model can be brought in here, by whoever asks. */
export const ImportTermsSchema = Type.Object(
  {
    maxUploadBytes: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    serverFolders: Type.Array(Type.String(), {
      description: 'folders of the server beneath which you may name a path; empty for who may not',
    }),
  },
  { additionalProperties: false },
)
export type ImportTerms = Static<typeof ImportTermsSchema>
