import { SallyportError } from './sallyport-error.ts'

/** Random access to bytes that stand still. Who opens files or sockets is an adapter. */
export interface ByteSource {
  /** Bytes. Fixed for the life of the source. */
  readonly size: number
  /**
   * The bytes from `offset`, exactly `length` of them unless the source ends before; never fewer for another reason.
   * @throws SallyportError `ABORTED` when `signal` fired, `STORE_FAILED` when the bytes cannot be had
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>
}

/** Bytes in memory as a source; the bytes are not copied. */
export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async read(offset, length, signal) {
      if (signal?.aborted)
        throw new SallyportError('ABORTED', 'reading was aborted', { cause: signal.reason })
      const start = Math.min(Math.max(0, offset), bytes.length)
      return bytes.subarray(start, Math.min(bytes.length, start + Math.max(0, length)))
    },
  }
}

/** A window of another source, for members of containers that are stored uncompressed. */
export function sliceOfSource(source: ByteSource, start: number, size: number): ByteSource {
  const from = Math.min(Math.max(0, start), source.size)
  const length = Math.min(Math.max(0, size), source.size - from)
  return {
    size: length,
    read: (offset, want, signal) => {
      const at = Math.min(Math.max(0, offset), length)
      return source.read(from + at, Math.min(Math.max(0, want), length - at), signal)
    },
  }
}
