import type { Answer, Problem } from "./Problem.ts"
import { askAndRead } from "./request.ts"

/** A place for a file that the user has chosen. Browsers that have none lack the function (WICG File System Access). */
interface FilePlace {
  readonly createWritable: () => Promise<WritableStream<Uint8Array>>
}

declare global {
  var showSaveFilePicker: ((options: { readonly suggestedName: string }) => Promise<FilePlace>) | undefined
}

/** Whether the browser can write a response to a file while it arrives. */
export const canSave = (): boolean => globalThis.showSaveFilePicker !== undefined

/** Why the file is not there, if writing it failed. A response that breaks off is a `TypeError`, a failure of the file is not. */
const fileProblem = (error: unknown): Problem => {
  if (!(error instanceof DOMException)) throw error
  return {
    code: "file_not_written",
    status: 0,
    title: "The file cannot be written",
    detail: `${error.message} Choose another place, or free some space there.`,
  }
}

/**
 * Asks for a file, and writes the response to it while it arrives, so that its size does not matter. Returns `null` if the user has
 * chosen none.
 */
export const saveResponse = async (
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<Answer<null> | null> => {
  const place = await globalThis.showSaveFilePicker?.({ suggestedName: name }).catch(() => undefined)
  if (place === undefined) return null
  const answer = await askAndRead(path, { signal }, async ({ body }): Promise<Problem | null> => {
    try {
      // The file appears when all of it is there.
      await body?.pipeTo(await place.createWritable(), { signal })
      return null
    } catch (error) {
      signal.throwIfAborted()
      return fileProblem(error)
    }
  })
  if (answer._tag === "Failure") return answer
  return answer.value === null ? { _tag: "Success", value: null } : { _tag: "Failure", problem: answer.value }
}
