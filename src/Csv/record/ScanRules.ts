import { type ByteKinds, byteKinds } from "./ByteKinds.ts"
import type { Dialect } from "./Dialect.ts"
import { type DialectExtras, dialectExtras } from "./DialectExtras.ts"

/** A dialect in the form that the scanner's loops use. Characters are bytes; -1: none. */
export interface ScanRules extends ByteKinds {
  readonly quote: number
  readonly escape: number
  readonly isUnquotedEmptyNull: boolean
  readonly isQuotedEmptyNull: boolean
  readonly extras: DialectExtras | null
}

export const scanRules = (dialect: Dialect): ScanRules => ({
  ...byteKinds(dialect),
  quote: dialect.quote === null ? -1 : dialect.quote.charCodeAt(0),
  escape: dialect.escape.charCodeAt(0),
  isUnquotedEmptyNull: dialect.nulls !== "none",
  isQuotedEmptyNull: dialect.nulls === "empty",
  extras: dialectExtras(dialect),
})
