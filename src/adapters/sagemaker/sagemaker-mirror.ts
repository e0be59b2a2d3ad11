import { AwsClient } from 'aws4fetch'
import type { Outcome } from '../../ground/domain/index.ts'
import { askPeer, type Fetch } from '../../services/keys/index.ts'
import type { MirrorPeer } from '../../services/model-names/index.ts'

/** Characters of an approval's description; the API takes 1024. */
const MAX_DESCRIPTION = 1000

const APPROVAL: Readonly<Record<Outcome, string>> = {
  allow: 'Approved',
  review: 'PendingManualApproval',
  deny: 'Rejected',
}

/** Keys to sign requests with. */
export interface SagemakerCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/**
 * Model packages of Amazon SageMaker: `UpdateModelPackage` with approval status and life cycle, signed with Signature Version 4.
 * @param options `endpoint` where it is not the public one of the region
 */
export function createSagemakerMirror(options: {
  readonly region: string
  readonly endpoint?: string
  readonly credentials: () => Promise<SagemakerCredentials>
  readonly fetch: Fetch
  readonly now: () => Date
}): MirrorPeer {
  const { region } = options
  const url = `${(options.endpoint ?? `https://api.sagemaker.${region}.amazonaws.com`).replace(/\/+$/, '')}/`
  return {
    kind: 'sagemaker',
    problemOf: (place) =>
      /^arn:aws[a-z-]{0,12}:sagemaker:[a-z0-9-]{1,30}:\d{12}:model-package\/[A-Za-z0-9-]{1,63}(?:\/\d{1,9})?$/.test(
        place,
      )
        ? undefined
        : 'write the ARN of a model package',
    tell: async (place, { digest, decision }, signal) => {
      const { outcome, id, reasons } = decision
      const why = reasons.find((reason) => reason.outcome === outcome)?.message ?? outcome
      const description = `Sallyport decision ${id} for ${digest}: ${why}`.slice(0, MAX_DESCRIPTION)
      const body = Buffer.from(
        JSON.stringify({
          ModelPackageArn: place,
          ModelApprovalStatus: APPROVAL[outcome],
          ApprovalDescription: description,
          ModelLifeCycle: {
            Stage: 'Production',
            StageStatus: APPROVAL[outcome],
            StageDescription: description,
          },
        }),
      )
      const client = new AwsClient({ ...(await options.credentials()), region, service: 'sagemaker' })
      const signed = await client.sign(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'SageMaker.UpdateModelPackage',
        },
        body,
        aws: {
          datetime: options
            .now()
            .toISOString()
            .replaceAll(/[:-]|\.\d{3}/g, ''),
        },
      })
      const headers = Object.fromEntries(signed.headers)
      await askPeer(options.fetch, {
        what: `SageMaker (${place})`,
        ...{ url: signed.url, method: 'POST', headers, body, signal },
      })
    },
  }
}
