import { Icon } from './icon.tsx'
import { shortDigest } from './show.ts'
import { useToast } from './toast.tsx'

/** A digest cut to what the eye can compare, with the whole of it one click away. */
export function Digest({ digest, of }: { readonly digest: string; readonly of: string }) {
  const toast = useToast()
  const copy = () => {
    navigator.clipboard.writeText(digest).then(
      () => toast({ tone: 'good', text: `The digest of ${of} is copied.` }),
      () => toast({ tone: 'bad', text: `The browser does not let this page copy. The digest is ${digest}` }),
    )
  }
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <code title={digest}>{shortDigest(digest)}</code>
      <button
        type="button"
        onClick={copy}
        aria-label={`Copy the digest of ${of}`}
        title="Copy the whole digest"
        className="rounded-sm p-1 text-quiet hover:bg-sunken hover:text-ink"
      >
        <Icon name="copy" size={12} />
      </button>
    </span>
  )
}
