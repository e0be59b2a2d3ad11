import { SallyportError } from '../../ground/lang/index.ts'

/** An AWS KMS key as cosign writes it. */
export interface AwsKmsName {
  /** What KMS takes as KeyId: an id, an alias or an ARN. */
  readonly keyId: string
  /** Host, and port, that stands in the URI. */
  readonly endpoint?: string
  /** Of an ARN. */
  readonly region?: string
}

const HOST = '(?:[A-Za-z0-9.-]{1,253}(?::\\d{1,5})?)?'
const UUID = '(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
const ALIAS = 'alias/[A-Za-z0-9/_-]{1,250}'
const FORM = new RegExp(
  `^awskms://(${HOST})/((?:arn:aws[a-z-]{0,12}:kms:([a-z0-9-]{1,30}):\\d{12}:(?:key/${UUID}|${ALIAS}))|${UUID}|${ALIAS})$`,
)

/**
 * `awskms://[ENDPOINT]/[ID|alias/NAME|ARN]` (sigstore/sigstore, pkg/signature/kms/aws).
 * @throws SallyportError `BAD_INPUT`
 */
export function parseAwsUri(uri: string): AwsKmsName {
  const [, endpoint, keyId, region] = FORM.exec(uri) ?? []
  if (keyId === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${uri.slice(0, 200)}" names no AWS KMS key; write awskms:///KEY-ID, awskms:///alias/NAME or awskms:///ARN (an endpoint may stand before the last slash)`,
    )
  return {
    keyId,
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  }
}
