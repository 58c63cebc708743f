/** A server-sent event. */
export interface ServerEvent {
  readonly name: string
  readonly data: string
}

/** The event of a block (HTML standard, 9.2); `null` if it has no data, such as a comment. */
const eventOf = (block: string): ServerEvent | null => {
  const valuesOf = (field: string) =>
    block.split("\n").flatMap((line) => new RegExp(`^${field}: ?(.*)$`).exec(line)?.[1] ?? [])
  const data = valuesOf("data")
  return data.length === 0 ? null : { name: valuesOf("event").at(-1) ?? "message", data: data.join("\n") }
}

/**
 * Reads the events of a response. `EventSource` would do, but it cannot send an API key.
 *
 * @param onBytes is called whenever something arrives, which may be a comment only
 */
export const readEvents = async (
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: ServerEvent) => void,
  onBytes: () => void,
): Promise<void> => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let pending = ""
  while (true) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    const blocks = (pending + value).replaceAll("\r\n", "\n").split("\n\n")
    pending = blocks.pop() ?? ""
    for (const block of blocks) {
      const event = eventOf(block)
      if (event !== null) onEvent(event)
    }
  }
}
