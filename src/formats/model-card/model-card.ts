/** What stands in front matter beyond the keys that have a meaning here; bounded in depth, length and number. */
export type CardJson =
  | string
  | number
  | boolean
  | null
  | readonly CardJson[]
  | { readonly [key: string]: CardJson }

/** One result of `model-index`, with the model that it speaks of. */
export interface CardEvaluation {
  readonly model?: string
  readonly task?: { readonly type?: string; readonly name?: string }
  readonly dataset?: {
    readonly type?: string
    readonly name?: string
    readonly config?: string
    readonly split?: string
    readonly revision?: string
  }
  readonly metrics: readonly {
    readonly type: string
    readonly name?: string
    readonly value: CardJson
    readonly config?: string
    /** The hub checked it; a claim like the rest of the card. */
    readonly isVerified?: boolean
  }[]
  readonly source?: { readonly name?: string; readonly url?: string }
}

/** `co2_eq_emissions`. */
export interface CardEmissions {
  /** Grams of CO2 equivalent. */
  readonly grams: number
  readonly source?: string
  readonly trainingType?: string
  readonly location?: string
  readonly hardware?: string
}

/** A part of the text below its heading; the part before the first heading has level 0 and no title. */
export interface CardSection {
  /** 0 to 6. */
  readonly level: number
  readonly title: string
  readonly text: string
}

/**
 * A model card as Hugging Face writes it: front matter and Markdown. Claims of whoever wrote it, none of them proven.
 * Source: huggingface/hub-docs, docs/hub/model-cards.md and modelcard.md.
 */
export interface ModelCard {
  readonly modelName?: string
  readonly languages: readonly string[]
  readonly license?: string
  readonly licenseName?: string
  readonly licenseLink?: string
  readonly libraryName?: string
  readonly pipelineTag?: string
  readonly tags: readonly string[]
  readonly datasets: readonly string[]
  readonly metrics: readonly string[]
  readonly baseModels: readonly string[]
  /** `adapter`, `merge`, `quantized`, `finetune`. */
  readonly baseModelRelation?: string
  readonly newVersion?: string
  readonly thumbnail?: string
  readonly evaluations: readonly CardEvaluation[]
  readonly emissions?: CardEmissions
  /** Every other key, such as `widget`, `inference`, `extra_gated_prompt`. */
  readonly extra: Readonly<Record<string, CardJson>>
  readonly sections: readonly CardSection[]
}
