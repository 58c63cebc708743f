const signature = "PGCOPY\n\xff\r\n\0"
const flagsAndExtensionLength = "\0".repeat(8)

/** What stands before the rows of a binary COPY: the signature, no flags, no extension. */
export const binaryHeader: Uint8Array = Buffer.from(signature + flagsAndExtensionLength, "latin1")

/** What stands behind them: a row of -1 fields. */
export const binaryTrailer: Uint8Array = Uint8Array.of(0xff, 0xff)
