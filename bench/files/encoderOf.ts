import { createMultibyteEncoder } from "@exodus/bytes/multi-byte.js"

/** The encodings of data files. */
export type FileEncoding = "utf-8" | "utf-16le" | "shift_jis" | "gbk" | "big5" | "euc-kr"

export type Encode = (text: string) => Uint8Array

export const encoderOf = (encoding: FileEncoding): Encode => {
  if (encoding === "utf-8" || encoding === "utf-16le") {
    const name = encoding === "utf-8" ? "utf8" : "utf16le"
    return (text) => Buffer.from(text, name)
  }
  return createMultibyteEncoder(encoding)
}
