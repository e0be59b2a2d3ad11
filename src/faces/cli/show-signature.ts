import type { SallyportError } from '../../ground/lang/index.ts'
import type { SignatureOutput } from './doors/signing.ts'
import { bold, dim, safe, showBytes, showCount, showOutcome } from './format-text.ts'
import { green } from './paint.ts'

/** A signature that holds: by whom, over what. */
export function signatureLines(output: SignatureOutput): readonly string[] {
  const { signer, files, signedFiles, bytes, unsignedFiles } = output
  const isPart = files < signedFiles
  return [
    `${green('✓ signed')}  ${bold(safe(output.path))}  ${dim(output.omsRoot === undefined ? '' : `root ${output.omsRoot}`)}`,
    `  by ${signerWords(output)}`,
    `  ${isPart ? `${files} of ${showCount(signedFiles, 'signed file')}` : showCount(files, 'file')}, ${showBytes(bytes)}, as signed${signer.signedAt === undefined ? '' : ` on ${signer.signedAt}`}`,
    ...(unsignedFiles === 0 ? [] : [`  ${showCount(unsignedFiles, 'file')} beside them that nobody signed`]),
  ]
}

function signerWords({ signer, believed }: SignatureOutput): string {
  const { identity, identityProvider, keyId, curve, certificate } = signer
  const who =
    signer.method === 'keyless'
      ? `${identity} (${identityProvider})`
      : certificate === undefined
        ? `the key ${keyId?.slice(0, 16)} (${curve})`
        : `${identity ?? certificate.subject}, certificate of ${certificate.issuer} until ${certificate.notAfter}`
  return `${safe(who)}  ${dim(`believed through ${safe(believed)}`)}`
}

/** A signature that does not hold, and why. */
export function refusedLines(path: string, { message, code }: SallyportError): readonly string[] {
  return [`${showOutcome('deny')}  ${bold(safe(path))}`, `  ${safe(message)} ${dim(`(${code})`)}`]
}
