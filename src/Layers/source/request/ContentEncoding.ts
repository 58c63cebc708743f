import type { HttpIncomingMessage } from "effect/http/HttpIncomingMessage"
import * as Result from "effect/Result"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { type CompressionFormat, contentCodings } from "../decompress/CompressionFormat.ts"

/**
 * Values that are not codings: `identity`, and what servers put there by mistake. Stored files can keep `aws-chunked`
 * from their upload.
 */
const notCodings = new Set(["identity", "none", "binary", "utf-8", "utf8", "aws-chunked"])

/** In practice there are at most two. A limit, because each one costs memory and CPU. */
const maxCodings = 4

const tokens = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "")
    .split(",")
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "")

/** The content codings of a body in the order they were applied. */
export const codingNames = ({ headers }: Pick<HttpIncomingMessage, "headers">): ReadonlyArray<string> =>
  tokens(headers["content-encoding"]).filter((name) => !notCodings.has(name))

const unsupported = (host: string, name: string) =>
  loadError(
    "unsupported_compression",
    `${host} sends the file with the encoding "${name.slice(0, 100)}", which is not supported. Serve it without one, or as gzip.`,
  )

/** The content codings of a body in the order to undo them: outermost first. */
export const responseCodings = (
  host: string,
  message: Pick<HttpIncomingMessage, "headers">,
): Result.Result<ReadonlyArray<CompressionFormat>, LoadError> => {
  const transferCoding = tokens(message.headers["transfer-encoding"]).find((token) => token !== "chunked")
  if (transferCoding !== undefined) return Result.fail(unsupported(host, transferCoding))
  const names = codingNames(message)
  if (names.length > maxCodings) return Result.fail(unsupported(host, names.join(", ")))
  return Result.all(
    names
      .toReversed()
      .map((name) => Result.fromNullishOr(contentCodings.get(name), () => unsupported(host, name))),
  )
}
