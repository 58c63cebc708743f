/** The supported compression methods (APPNOTE.TXT 6.3.10, 4.4.5). */
export const method = { stored: 0, deflated: 8, zstd: 93 } as const

/** Record signatures, as little-endian numbers (4.3.7 to 4.3.16). */
export const signature = {
  localHeader: 0x04034b50,
  descriptor: 0x08074b50,
  centralHeader: 0x02014b50,
  digitalSignature: 0x05054b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
  end: 0x06054b50,
} as const

/** A local header. Checksum and sizes are usually 0 when they come after the data. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  /** Checksum and sizes come after the data, in a data descriptor. */
  readonly hasDescriptor: boolean
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
}

/** Checksum and sizes of an entry's data. */
export interface Checksums {
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
}

export const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Length of a local header without its name and extra field. */
export const localHeaderLength = 30

/** Length of a local header's name and extra field. */
export const localTailLength = (header: Uint8Array): number => {
  const fields = view(header)
  return fields.getUint16(26, true) + fields.getUint16(28, true)
}

const utf8 = new TextDecoder("utf-8", { fatal: false })

/** This value in a 32-bit field means that the ZIP64 extra field has the number. */
const inZip64Field = 0xffffffff
const zip64Id = 1

/** Numbers of the ZIP64 extra field (4.5.3): one for each header field that is `inZip64Field`, in order. */
const zip64Numbers = (extra: Uint8Array): ReadonlyArray<number> => {
  const fields = view(extra)
  for (let at = 0; at + 4 <= extra.length;) {
    const length = fields.getUint16(at + 2, true)
    if (fields.getUint16(at, true) === zip64Id) {
      const numbers: Array<number> = []
      for (let n = 0; n + 8 <= length && at + 12 + n <= extra.length; n += 8)
        numbers.push(Number(fields.getBigUint64(at + 4 + n, true)))
      return numbers
    }
    at += 4 + length
  }
  return []
}

/**
 * @param header the first `localHeaderLength` bytes
 * @param tail name and extra field
 */
export const parseLocalHeader = (header: Uint8Array, tail: Uint8Array): ZipEntry => {
  const fields = view(header)
  const flags = fields.getUint16(6, true)
  const nameLength = fields.getUint16(26, true)
  const large = zip64Numbers(tail.subarray(nameLength))
  const compressed = fields.getUint32(18, true)
  const size = fields.getUint32(22, true)
  const sizeIsLarge = size === inZip64Field && large.length > 0
  return {
    name: utf8.decode(tail.subarray(0, nameLength)),
    method: fields.getUint16(8, true),
    isEncrypted: (flags & 0x2041) !== 0,
    hasDescriptor: (flags & 8) !== 0,
    crc: fields.getUint32(14, true),
    size: sizeIsLarge ? large[0]! : size,
    compressedSize: compressed === inZip64Field ? (large[sizeIsLarge ? 1 : 0] ?? compressed) : compressed,
  }
}

/** A data descriptor with signature, checksum, and two sizes of 64 bits. */
export const maxDescriptorLength = 24

/**
 * Length of the data descriptor that the bytes start with; `null` if they do not start with the one of these data. Tries
 * all four forms, because the signature is optional and nothing reliably shows the width of the sizes (4.3.9).
 */
export const descriptorLength = (bytes: Uint8Array, sums: Checksums): number | null => {
  const fields = view(bytes)
  const isSigned = bytes.length >= 4 && fields.getUint32(0, true) === signature.descriptor
  for (const start of isSigned ? [4, 0] : [0]) {
    for (const width of [8, 4]) {
      const length = start + 4 + 2 * width
      if (bytes.length < length || fields.getUint32(start, true) !== sums.crc) continue
      const number = (at: number) =>
        width === 8 ? Number(fields.getBigUint64(at, true)) : fields.getUint32(at, true)
      // A 32-bit field has the lowest bits of a larger size.
      const modulus = 2 ** (8 * width)
      if (
        number(start + 4) === sums.compressedSize % modulus &&
        number(start + 4 + width) === sums.size % modulus
      )
        return length
    }
  }
  return null
}

/** Length of the central directory record that starts with these bytes; `null` if none does. */
export const directoryRecordLength = (first: Uint8Array): number | null => {
  if (first.length < 4) return null
  const fields = view(first)
  const at = (offset: number) => (offset + 2 <= first.length ? fields.getUint16(offset, true) : 0)
  switch (fields.getUint32(0, true)) {
    case signature.centralHeader:
      return 46 + at(28) + at(30) + at(32)
    case signature.digitalSignature:
      return 6 + at(4)
    case signature.zip64End:
      return first.length < 12 ? 12 : 12 + Number(fields.getBigUint64(4, true))
    case signature.zip64Locator:
      return 20
    case signature.end:
      return 22 + at(20)
    default:
      return null
  }
}

/** Bytes that `directoryRecordLength` needs. */
export const directoryRecordPeek = 46
