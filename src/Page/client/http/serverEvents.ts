/** The data of an event (HTML standard, 9.2); `null` if it has none, such as a comment. */
const dataOf = (block: string): string | null => {
  const data = block.split("\n").flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? [])
  return data.length === 0 ? null : data.join("\n")
}

/**
 * Reads the data of the events of a response. `EventSource` would do, but it cannot send an API key.
 *
 * @param onBytes is called whenever something arrives, which may be a comment only
 */
export const readEvents = async (
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onData: (data: string) => void,
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
      const data = dataOf(block)
      if (data !== null) onData(data)
    }
  }
}
