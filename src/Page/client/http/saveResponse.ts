import type { Answer } from "./Problem.ts"
import { askAndRead } from "./request.ts"

/** A place for a file that the user has chosen. Browsers that have none lack the function (WICG File System Access). */
interface FilePlace {
  readonly createWritable: () => Promise<WritableStream<Uint8Array>>
}

declare global {
  interface Window {
    readonly showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<FilePlace>
  }
}

/** Whether the browser can write a response to a file while it arrives. */
export const canSave = (): boolean => window.showSaveFilePicker !== undefined

/**
 * Asks for a file, and writes the response to it while it arrives, so that its size does not matter. Returns `null` if the user has
 * chosen none.
 */
export const saveResponse = async (
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<Answer<null> | null> => {
  const place = await window.showSaveFilePicker?.({ suggestedName: name }).catch(() => undefined)
  if (place === undefined) return null
  return askAndRead(path, { signal }, async ({ body }) => {
    // The file appears when all of it is there.
    await body?.pipeTo(await place.createWritable(), { signal })
    return null
  })
}
