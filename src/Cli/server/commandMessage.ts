import { uploadCommand } from "../../Domain/source/urlAdvice.ts"
import { withFlags } from "../optionName.ts"

/** Requests and their parameters that messages of the API name, and what a user of the command line gives instead. */
const commands: ReadonlyArray<readonly [request: string | RegExp, command: string]> = [
  [`to /upload (${uploadCommand})`, "with sluice load FILE"],
  [/\bPOST \/download_file returned/g, "sluice load wrote"],
  [/\bPOST \/download_file/g, "sluice load URL"],
  [/\bGET \/tables lists/g, "sluice tables shows"],
  [/\bGET \/sources lists/g, "sluice source list shows"],
  [/\/job_status\?jobId=([\w-]+)(?:&wait=\d+)?/g, "sluice watch $1"],
  // Only the rejected records of a job have these.
  [/\bformat=(csv|source)\b/g, "--$1"],
  [/(?<![\w?&=/.-])(count|file)=(\w+)/g, "--$1 $2"],
]

/** A message of the API, with commands and flags in place of requests and options. */
export const commandMessage = (message: string): string =>
  commands.reduce((text, [request, command]) => text.replaceAll(request, command), withFlags(message))
