/** Whether `bytes` contains the signature at `from`. */
export const startsWith = (bytes: Uint8Array, signature: ReadonlyArray<number>, from = 0): boolean =>
  signature.every((byte, index) => bytes[from + index] === byte)
