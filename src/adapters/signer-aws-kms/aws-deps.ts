import type { Fetch } from '../../services/keys/index.ts'

/** Environment variables, handed down by the root. */
export type Env = Readonly<Record<string, string | undefined>>

/** What AWS needs of the world. */
export interface AwsDeps {
  readonly env: Env
  readonly fetch: Fetch
  readonly now: () => Date
}

/** Keys to sign requests with; `expiresAt` in milliseconds since 1970 where they end. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiresAt?: number
}
