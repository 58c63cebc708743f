import { open } from "node:fs/promises"
import { CsvScanner } from "../src/Csv/scan/CsvScanner.ts"
import { standard } from "../src/Csv/record/Dialect.ts"
import type { ScanResult } from "./cases/Scan.ts"
import { median } from "./Statistics.ts"

/**
 * Measures the CSV scanner alone, without HTTP and Postgres. Reads the start of the file named by the argument into
 * memory, scans it in pieces of network size, and prints the MB of input per CPU second: the median of five rounds
 * after one warm-up round. CPU time, unlike wall time, hardly depends on other load, and includes the garbage
 * collector's threads. With the second argument `bytes`, the scanner does not use SIMD.
 */
const inputSize = 64_000_000
const pieceSize = 64 * 1024
const rounds = 5
const withoutSimd = process.argv[3] === "bytes" ? { vectorFrom: Infinity } : {}

const readStart = async (path: string): Promise<Uint8Array> => {
  await using file = await open(path)
  const bytes = Buffer.alloc(inputSize)
  const { bytesRead } = await file.read(bytes, 0, inputSize, 0)
  return bytes.subarray(0, bytesRead)
}

/** Returns the number of rows. The record that `inputSize` cuts off is left out. */
const scan = (bytes: Uint8Array): number => {
  const scanner = new CsvScanner({ dialect: standard, maxRecordSize: 1 << 24, offset: 0, ...withoutSimd })
  let rows = 0
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const { batch, error } = scanner.push(bytes.subarray(at, at + pieceSize))
    if (error !== null) throw new Error(error.message)
    if (batch === null) continue
    rows += batch.rows
    batch.release()
  }
  return rows
}

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1e6
}

const input = await readStart(process.argv[2]!)
scan(input)
const speeds: Array<number> = []
const rates: Array<number> = []
for (let round = 0; round < rounds; round++) {
  const before = cpuSeconds()
  const rows = scan(input)
  const seconds = cpuSeconds() - before
  speeds.push(input.length / 1e6 / seconds)
  rates.push(rows / seconds)
}
const result: ScanResult = {
  megabytes: input.length / 1e6,
  megabytesPerCpuSecond: median(speeds),
  slowest: Math.min(...speeds),
  fastest: Math.max(...speeds),
  rowsPerCpuSecond: median(rates),
}
process.stdout.write(`${JSON.stringify(result)}\n`)
