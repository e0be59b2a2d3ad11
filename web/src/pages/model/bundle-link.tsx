import { ask, isTokenKept } from '../../api/client.ts'
import { pathOfStatement } from '../../api/queries.ts'
import { shortDigest } from '../../parts/show.ts'
import { useToast } from '../../parts/toast.tsx'

/** The sealed bundle, byte for byte. A browser sends a session's cookie by itself, but not a token: then we fetch it. */
export function BundleLink({ digest }: { readonly digest: string }) {
  const toast = useToast()
  const save = async () => {
    try {
      const bundle = await (await ask(pathOfStatement(digest), { accept: '*/*' })).blob()
      const url = URL.createObjectURL(bundle)
      const link = Object.assign(document.createElement('a'), {
        href: url,
        download: `${shortDigest(digest)}.sigstore.json`,
      })
      link.click()
      URL.revokeObjectURL(url)
    } catch (error) {
      toast({ tone: 'bad', text: String(error) })
    }
  }
  return (
    <a
      href={pathOfStatement(digest)}
      title={digest}
      onClick={(event) => {
        if (!isTokenKept()) return
        event.preventDefault()
        void save()
      }}
      className="text-accent underline underline-offset-2"
    >
      bundle <code>{shortDigest(digest)}</code>
    </a>
  )
}
