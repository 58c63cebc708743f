import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { contentCodings, type Packing } from "../decompress/Packing.ts"

/**
 * What stands in the header without meaning a coding: `identity`, and what servers put there for want of a
 * better place. Stored files keep `aws-chunked` from their upload.
 */
const noCoding = new Set(["identity", "none", "binary", "utf-8", "utf8", "aws-chunked"])

/** More than two are seen nowhere; many would be a way to make us busy. */
const mostCodings = 4

const tokens = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "")
    .split(",")
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "")

/** The content codings of a body, in the header's order: the last applied last. */
export const codingNames = (response: HttpClientResponse): ReadonlyArray<string> =>
  tokens(response.headers["content-encoding"]).filter((name) => !noCoding.has(name))

const unsupported = (host: string, name: string) =>
  loadError(
    "unsupported_compression",
    `${host} sends the file with the encoding "${name.slice(0, 100)}", which cannot be read. Serve it without one, or as gzip.`,
  )

/** How a body is unpacked, in the order in which its codings are undone. */
export const contentEncoding = (
  host: string,
  response: HttpClientResponse,
): Result.Result<ReadonlyArray<Packing>, LoadError> => {
  const transfer = tokens(response.headers["transfer-encoding"]).find((token) => token !== "chunked")
  if (transfer !== undefined) return Result.fail(unsupported(host, transfer))
  const names = codingNames(response)
  if (names.length > mostCodings) return Result.fail(unsupported(host, names.join(", ")))
  const packings: Array<Packing> = []
  for (const name of names.toReversed()) {
    const packing = contentCodings.get(name)
    if (packing === undefined) return Result.fail(unsupported(host, name))
    packings.push(packing)
  }
  return Result.succeed(packings)
}
