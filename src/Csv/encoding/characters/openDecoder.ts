import { TextDecoder as StandardDecoder } from "@exodus/bytes/encoding.js"
import type { Encoding } from "../../../Domain/load/Encoding.ts"

/**
 * The encodings in which Node's `TextDecoder`, by way of ICU, differs from the Encoding Standard: Big5 without the
 * characters of Hong Kong, EUC-KR without most syllables of code page 949, and control characters for bad bytes.
 */
const differing: ReadonlySet<Encoding> = new Set(["big5", "euc-kr", "euc-jp", "shift_jis"])

/** A decoder as the Encoding Standard describes it; slower for the four encodings that Node's decodes otherwise. */
export const openDecoder = (
  encoding: Encoding,
  options: { readonly fatal?: boolean } = {},
): Pick<InstanceType<typeof TextDecoder>, "decode"> =>
  differing.has(encoding) ? new StandardDecoder(encoding, options) : new TextDecoder(encoding, options)
