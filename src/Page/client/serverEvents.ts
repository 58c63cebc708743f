/** An event of a stream (HTML standard, 9.2). */
export interface ServerEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

const parse = (block: string): ServerEvent | null => {
  let id: string | null = null
  let event = "message"
  const data: Array<string> = []
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? []
    if (name === "id") id = value
    else if (name === "event") event = value
    else if (name === "data") data.push(value)
  }
  return data.length === 0 ? null : { id, event, data: data.join("\n") }
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
      const event = parse(block)
      if (event !== null) onEvent(event)
    }
  }
}
