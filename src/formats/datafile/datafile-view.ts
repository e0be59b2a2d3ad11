/** A file of data that lies beside models, which no loader of models executes: what it is, and whether it is whole. */
export interface DatafileView {
  readonly kind: string
  /** Why it is not what it claims to be to its end, when so. */
  readonly problem?: string
  /** First byte after it, when it says where it ends. */
  readonly endOffset?: number
  readonly readBytes: number
}
