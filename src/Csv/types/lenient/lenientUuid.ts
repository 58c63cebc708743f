import { encodeUuid } from "../encode/encodeUuid.ts"
import { onlyNotation, type Reading, Taken } from "./Reading.ts"

const value = new DataView(new ArrayBuffer(16))

/** UUIDs in any letter case, also in several within a column. */
export const lenientUuid: Reading = {
  ...onlyNotation,
  begin: ({ kind }) => (kind === null || kind === "uuid" ? 1 : 0),
  look: (bytes, from, to) => (encodeUuid(bytes, from, to, value, 0) === -1 ? 0 : 1),
  take: () => Taken.refused,
  type: () => "uuid",
  convert: (_, name) => `${name}::uuid`,
}
