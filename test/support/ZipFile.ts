import { crc32, deflateRawSync } from "node:zlib"

/** One entry of an archive for tests. The options change its format, not its meaning. */
export interface ZipFileEntry {
  readonly name: string
  readonly body?: Uint8Array | string
  /** 8 (deflate) by default. */
  readonly method?: number
  /** The compressed data, for methods other than 0 and 8. */
  readonly packed?: Uint8Array
  /** Checksum and sizes after the data; `large`: sizes of 64 bits, `bare`: without signature. */
  readonly descriptor?: "plain" | "bare" | "large" | "bare large"
  /** Sizes in a ZIP64 extra field. */
  readonly zip64?: boolean
  readonly flags?: number
  readonly crc?: number
}

interface Written {
  readonly local: Buffer
  readonly central: Buffer
}

const write = (entry: ZipFileEntry, offset: number): Written => {
  const body = Buffer.from(entry.body ?? "")
  const method = entry.method ?? 8
  const data = Buffer.from(entry.packed ?? (method === 8 ? deflateRawSync(body) : body))
  const crc = entry.crc ?? crc32(body)
  const name = Buffer.from(entry.name)
  const { descriptor } = entry
  const flags = (entry.flags ?? 0x0800) | (descriptor === undefined ? 0 : 8)
  const extra = Buffer.alloc(entry.zip64 === true ? 20 : 0)
  if (entry.zip64 === true) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(16, 2)
    extra.writeBigUInt64LE(BigInt(body.length), 4)
    extra.writeBigUInt64LE(BigInt(data.length), 12)
  }
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(method, 8)
  if (descriptor === undefined) {
    header.writeUInt32LE(crc, 14)
    header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : data.length, 18)
    header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : body.length, 22)
  }
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  const isLarge = descriptor?.includes("large") === true
  const sums = Buffer.alloc(descriptor === undefined ? 0 : isLarge ? 20 : 12)
  if (descriptor !== undefined) {
    sums.writeUInt32LE(crc, 0)
    if (isLarge) {
      sums.writeBigUInt64LE(BigInt(data.length), 4)
      sums.writeBigUInt64LE(BigInt(body.length), 12)
    } else {
      sums.writeUInt32LE(data.length, 4)
      sums.writeUInt32LE(body.length, 8)
    }
  }
  const isBare = descriptor === undefined || descriptor.startsWith("bare")
  const mark = isBare ? Buffer.alloc(0) : Buffer.from([0x50, 0x4b, 7, 8])
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  header.copy(central, 6, 4, 30)
  central.writeUInt32LE(crc, 16)
  central.writeUInt32LE(data.length, 20)
  central.writeUInt32LE(body.length, 24)
  central.writeUInt16LE(0, 30)
  central.writeUInt32LE(offset, 42)
  return {
    local: Buffer.concat([header, name, extra, data, mark, sums]),
    central: Buffer.concat([central, name]),
  }
}

/** A ZIP archive (APPNOTE.TXT 6.3.10). */
export const zipFile = (entries: ReadonlyArray<ZipFileEntry>, comment = ""): Buffer => {
  const parts: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let offset = 0
  for (const entry of entries) {
    const { local, central } = write(entry, offset)
    parts.push(local)
    directory.push(central)
    offset += local.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)])
}
