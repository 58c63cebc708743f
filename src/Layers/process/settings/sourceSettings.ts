import * as ByteSize from "effect/ByteSize"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as HostLimits from "../../../Domain/source/hosts/HostLimits.ts"
import { expecting } from "./readSettings.ts"
import { duration, integer, parsed, size } from "./settingKinds.ts"

/** Text for a comment of a header (RFC 9110, 5.6.5). */
const ContactText = Schema.String.check(Schema.isPattern(/^[!-'*-[\]-~]+$/))

/** What is fetched, and how much of it. */
export const sourceSettings = {
  /** Files of one host that are loaded at a time, over all processes. */
  sourceHostConcurrency: parsed(
    "SOURCE_HOST_CONCURRENCY",
    (text) => Result.getOrNull(HostLimits.parse(text)),
    HostLimits.defaultHostLimits,
    "a number or unlimited, and after it hosts with their own, such as 4,files.example.org=16",
  ),
  /** Largest file to download. */
  maxFileSize: size("MAX_FILE_SIZE", ByteSize.tebibytes(1)),
  /** Largest output of each decompression step. */
  maxDecodedSize: size("MAX_DECODED_SIZE", ByteSize.tebibytes(1)),
  /** How many times its compressed size a file may have, once it has more than 1 GB. */
  maxExpansion: integer("MAX_EXPANSION", 1000, 1, 1_000_000_000),
  /** Largest record without its line ending; a worker's memory per slot is a small multiple of it. */
  maxRecordSize: size("MAX_RECORD_SIZE", ByteSize.mebibytes(16)),
  /** Longest wait for a source's connection and response header, for each redirect. */
  sourceHeaderTimeout: duration("SOURCE_HEADER_TIMEOUT", Duration.seconds(30)),
  /** Longest time without data during a download. */
  sourceIdleTimeout: duration("SOURCE_IDLE_TIMEOUT", Duration.seconds(60)),
  /** Least bytes per second of a download, on average over a minute. */
  sourceLeastRate: size("SOURCE_LEAST_RATE", ByteSize.kilobytes(1)),
  /** URL or address in the `User-Agent`, for operators of sources who want to contact you. */
  userAgentContact: Config.schema(ContactText, "USER_AGENT_CONTACT").pipe(
    Config.option,
    expecting("a URL or an address, without blanks and parentheses"),
  ),
}
