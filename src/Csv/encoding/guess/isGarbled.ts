import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { openDecoder } from "../characters/openDecoder.ts"
import { isDosCodePage, upperCharacters } from "../characters/upperCharacters.ts"

/** C1 control characters. The WHATWG tables give them to the bytes that a Windows code page does not define. */
const control = /[\u0080-\u009f]/
/** A Latin letter next to a letter of another alphabet. */
const mixedScripts =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]\p{Script=Latin}/u
/** A symbol beyond ASCII in a word. */
const symbolInWord = /\p{L}[\p{S}--\p{ASCII}]\p{L}/v

const decoded = (bytes: Uint8Array, encoding: Encoding): string => {
  if (!isDosCodePage(encoding)) return openDecoder(encoding).decode(bytes)
  const upper = upperCharacters(encoding)
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : (upper[byte - 0x80] ?? ""),
  ).join("")
}

/** Whether text has signs of being read in a wrong encoding, so that another one that is far likelier is right. */
export const isGarbled = (bytes: Uint8Array, encoding: Encoding): boolean => {
  const text = decoded(bytes, encoding)
  const isWithoutAscii = encoding.startsWith("utf-") && !/[\r\n,;\t|]/.test(text)
  return isWithoutAscii || control.test(text) || mixedScripts.test(text) || symbolInWord.test(text)
}
