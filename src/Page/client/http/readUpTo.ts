/** The body of a response, or `null` if it has more bytes than the limit. Then the rest is not received. */
export const readUpTo = async (limit: number, { body, headers }: Response): Promise<Blob | null> => {
  if (body === null) return new Blob([])
  const parts: Array<Uint8Array<ArrayBuffer>> = []
  let received = 0
  const reader = body.getReader()
  while (true) {
    const { done, value } = await reader.read()
    if (done) return new Blob(parts, { type: headers.get("content-type") ?? "" })
    received += value.byteLength
    if (received > limit) {
      await reader.cancel()
      return null
    }
    parts.push(value)
  }
}
