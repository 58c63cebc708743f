import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"

const oneOf = <const A extends ReadonlyArray<unknown>>(...values: A) =>
  Arbitrary.map(Arbitrary.schema(Schema.Natural), (n): A[number] => values[n % values.length])

/** Texts with all characters that are special in a form, JSON or Postgres. */
const text = Arbitrary.map(
  Arbitrary.array(oneOf(..."aN &=+%\\\"'{},;#\t\n", "é", "東", "🦆", "none", "%25", "true", "10%"), {
    maxLength: 6,
  }),
  (parts) => parts.join(""),
)

/** `undefined`: the option is omitted. */
const written = Arbitrary.all({
  headers: oneOf(undefined, { authorization: "Bearer a%25&=+ b:c" }, { "user-agent": "x/1", accept: "" }),
  priority: oneOf(undefined, 0, 100, -1),
  timeout: oneOf(undefined, 1, 1.5, 3600),
  zipEntry: oneOf(undefined, "a.csv", "*&=+%.c?v"),
  delimiter: oneOf(undefined, ",", ";", "\t", "|", " ", "&", "="),
  quote: oneOf(undefined, '"', "'", null, "%"),
  escape: oneOf(undefined, '"', "'", "\\", "+"),
  encoding: oneOf(undefined, "utf-8", "windows-1252", "shift_jis"),
  header: oneOf(undefined, true, false, "auto"),
  skipLines: oneOf(undefined, 0, 1, 10_000),
  skipFooter: oneOf(undefined, 0, 2),
  comment: oneOf(undefined, "#", "!", null),
  nullValues: Arbitrary.map(
    Arbitrary.all({
      isGiven: Arbitrary.schema(Schema.Boolean),
      values: Arbitrary.array(text, { minLength: 1, maxLength: 4 }),
    }),
    ({ isGiven, values }) => (isGiven ? values : undefined),
  ),
  onBadRow: oneOf(undefined, "fail", "reject", "pad"),
  maxBadRows: oneOf(undefined, 0, 100, "0%", "2.5%", "100%"),
  tableName: Arbitrary.map(text, (name) => name.replaceAll(/\p{Cc}/gu, "").trim() || undefined),
  types: oneOf(undefined, "text", "infer", "lenient"),
  names: oneOf(undefined, "keep", "snake"),
  otherColumns: oneOf(undefined, "keep", "skip"),
  columns: Arbitrary.map(
    Arbitrary.all({
      key: text,
      other: text,
      option: oneOf(
        undefined,
        null,
        "x",
        {},
        { name: "a b", type: "date" },
        { skip: true },
        { nullValues: ["NA", "-"] },
      ),
    }),
    ({ key, option, other }) => (option === undefined ? undefined : { [key]: option, [other]: "y" }),
  ),
})

const given = (options: object) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** Any load options of a request. Each option is omitted in some of them. */
export const anyLoadOptions = Arbitrary.map(written, ({ maxBadRows, ...options }) =>
  Schema.decodeSync(LoadOptions)(
    // A limit has no effect with `fail`, and is refused.
    given(options.onBadRow === "fail" ? options : { ...options, maxBadRows }),
  ),
)
