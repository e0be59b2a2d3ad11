import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import type { ModelDetail } from '../../api/contract.ts'
import { assessModel, importPath, sendModel } from '../../api/imports.ts'
import { modelQuery } from '../../api/queries.ts'
import { useToast } from '../../parts/toast.tsx'
import { type Chosen, uploadOf } from './chosen-files.ts'

/** How far a model has come; times in milliseconds since 1970. */
export type Step =
  | { readonly kind: 'choosing' }
  | {
      readonly kind: 'sending'
      readonly sentBytes: number
      readonly totalBytes: number
      readonly startedAt: number
    }
  | { readonly kind: 'taking-in' | 'assessing'; readonly startedAt: number }
  | {
      readonly kind: 'failed'
      readonly error: unknown
      /** What has become of it: nothing, perhaps a model in quarantine, or the model with this digest. */
      readonly kept: 'nothing' | 'unknown' | { readonly digest: string }
    }

/** Everything that a new model changes. */
const TOUCHED = ['models', 'ledger', 'entries', 'queue'] as const
const STOPPED = 'Nothing of it was kept.'

interface Deeds {
  readonly step: Step
  /** Whether the bytes come from this browser; else they lie on the server. */
  readonly isFromHere: boolean
  readonly send: (chosen: Chosen, name: string) => void
  readonly sendPath: (path: string, name: string) => void
  /** Stops what is being sent; what has arrived of it is thrown away by the platform. */
  readonly cancel: () => void
}

/** Brings a model in: sends it, has it assessed, and goes to its page. Leaving the page stops what is being sent. */
export function useImport(): Deeds {
  const [step, setStep] = useState<Step>({ kind: 'choosing' })
  const [isFromHere, setFromHere] = useState(true)
  const sending = useRef<AbortController>(null)
  const hasLeft = useLeaving(sending)
  const goOn = useAssessment(setStep, hasLeft)
  const toast = useToast()
  const start = (work: () => Promise<ModelDetail>) => {
    work().then(goOn, (error: unknown) => {
      const isCancelled = error instanceof DOMException && error.name === 'AbortError'
      const kept = sending.current === null && isUncertain(error) ? 'unknown' : 'nothing'
      sending.current = null
      setStep(isCancelled ? { kind: 'choosing' } : { kind: 'failed', error, kept })
    })
  }
  return {
    step,
    isFromHere,
    send: (chosen, name) => {
      setFromHere(true)
      const upload = uploadOf(chosen, name)
      const startedAt = Date.now()
      const totalBytes = upload.body.size
      const own = new AbortController()
      sending.current = own
      const onSent = (sentBytes: number) => {
        // All had left before: the browser sends it a second time by itself.
        if (sending.current !== own) return
        if (sentBytes < totalBytes) return setStep({ kind: 'sending', sentBytes, totalBytes, startedAt })
        sending.current = null
        setStep({ kind: 'taking-in', startedAt: Date.now() })
      }
      setStep({ kind: 'sending', sentBytes: 0, totalBytes, startedAt })
      start(() => sendModel(upload, onSent, own.signal))
    },
    sendPath: (path, name) => {
      setFromHere(false)
      setStep({ kind: 'taking-in', startedAt: Date.now() })
      start(() => importPath(path, name))
    },
    cancel: () => {
      sending.current?.abort()
      toast({ tone: 'warn', text: `Stopped. ${STOPPED}` })
    },
  }
}

/** Stops what is being sent when its page is left; what has arrived whole goes on without it. */
function useLeaving(sending: RefObject<AbortController | null>): RefObject<boolean> {
  const hasLeft = useRef(false)
  const toast = useToast()
  useEffect(() => {
    hasLeft.current = false
    return () => {
      hasLeft.current = true
      if (sending.current === null) return
      sending.current.abort()
      toast({ tone: 'warn', text: `You left the page while it was being sent. ${STOPPED}` })
    }
  }, [sending, toast])
  return hasLeft
}

/** Has a model that was taken in assessed, unless it was before, and opens its page. */
function useAssessment(setStep: (step: Step) => void, hasLeft: RefObject<boolean>) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  return async (model: ModelDetail): Promise<void> => {
    const { digest } = model
    try {
      setStep({ kind: 'assessing', startedAt: Date.now() })
      const isNew = model.stage === 'quarantined'
      const seen = isNew ? await assessModel(digest) : model
      client.setQueryData(modelQuery(digest).queryKey, seen)
      toast({
        tone: isNew && seen.verdict === 'clean' ? 'good' : 'warn',
        text: isNew
          ? `${seen.name} is in, and its verdict is ${seen.verdict}. Both statements are sealed in the ledger.`
          : `These very bytes had come in before: ${seen.name}.`,
      })
      if (!hasLeft.current) await navigate({ to: '/models/$digest', params: { digest } })
    } catch (error) {
      setStep({ kind: 'failed', error, kept: { digest } })
      if (hasLeft.current)
        toast({ tone: 'bad', text: `${model.name} is in quarantine, but was not assessed: ${String(error)}` })
    } finally {
      await Promise.all(TOUCHED.map((key) => client.invalidateQueries({ queryKey: [key] })))
    }
  }
}

/**
 * Whether it is not known what the platform did with bytes that had all arrived: no answer came, or the browser sent them a
 * second time by itself, as it may when a connection breaks, and the first time still runs or broke off.
 */
function isUncertain(error: unknown): boolean {
  return error instanceof ApiError && UNCERTAIN.includes(error.problem.code)
}

const UNCERTAIN = ['UNREACHABLE', 'IDEMPOTENCY_RUNNING', 'IDEMPOTENCY_INTERRUPTED']
