/** Reads a body up to a limit in bytes. Null when it is longer; what is left is then not read. */
export async function bytesWithin(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    // Leaving the loop cancels the stream.
    if (length > maxBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}
