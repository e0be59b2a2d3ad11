import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Me, ReviewDetail } from '../../api/contract.ts'
import { useConversion } from '../../api/review-changes.ts'
import { conversionQuery } from '../../api/review-queries.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { count } from '../../parts/show.ts'
import { ROLE_FOR } from '../../parts/words.ts'

interface ConversionProps {
  readonly one: ReviewDetail
  readonly me: Me
}

/** A way out for pickled weights: the same tensors as safetensors, rebuilt without running a byte of theirs. */
export function Conversion({ one, me }: ConversionProps) {
  const offer = useQuery(conversionQuery(one.digest)).data
  const conversion = useConversion(one)
  if (offer === undefined || (!offer.can && offer.files.length === 0)) return null
  return (
    <div className="panel flex items-start gap-3 p-4 text-sm">
      <span className="rounded-md bg-accent-soft p-1.5 text-accent">
        <Icon name="box" size={16} />
      </span>
      <div className="min-w-0 grow">
        <h3 className="font-semibold">
          {offer.can ? 'It can be had as safetensors' : 'It cannot be had as safetensors'}
        </h3>
        <p className="break-words text-quiet">
          {offer.can
            ? `${count(offer.files.length, 'pickled file')} (${offer.files.slice(0, 3).join(', ')}${offer.files.length > 3 ? ' …' : ''}) would be rebuilt from their tensors alone. Nothing in them is run; the result is a model of its own, searched and sealed with where it comes from.`
            : offer.why}
        </p>
        {conversion.data === undefined ? null : (
          <p className="mt-1">
            <Link
              to="/models/$digest"
              params={{ digest: conversion.data.digest }}
              className="text-accent underline underline-offset-2"
            >
              Open the safetensors model
            </Link>
          </p>
        )}
      </div>
      {offer.can && conversion.data === undefined ? (
        <Button
          busy={conversion.isPending}
          lockedBecause={
            me.capabilities.includes('import')
              ? undefined
              : `This needs the role ${ROLE_FOR.import}; you are signed in as ${me.role}.`
          }
          onClick={() => conversion.mutate()}
        >
          Convert
        </Button>
      ) : null}
    </div>
  )
}
