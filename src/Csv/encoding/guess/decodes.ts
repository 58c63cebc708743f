import * as Result from "effect/Result"
import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { openDecoder } from "../characters/openDecoder.ts"
import { isDosCodePage } from "../characters/upperCharacters.ts"

/** Whether every byte decodes. `isWhole`: the last character must be complete. */
export const decodes = (bytes: Uint8Array, encoding: Encoding, isWhole: boolean): boolean =>
  // They have a character for each byte.
  isDosCodePage(encoding) ||
  Result.isSuccess(
    Result.try(() => openDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole })),
  )
