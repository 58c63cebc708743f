import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const oneOf = (...texts: ReadonlyArray<string>): Arbitrary.Arbitrary<string> =>
  Arbitrary.schema(Schema.Literals(texts))

const joined = (...parts: ReadonlyArray<Arbitrary.Arbitrary<string>>): Arbitrary.Arbitrary<string> =>
  Arbitrary.map(Arbitrary.all(parts), (texts) => texts.join(""))

const some = (text: string, count: number): Array<string> => Array<string>(count).fill(text)

/** Digits, often those at which something turns. */
const digits = Arbitrary.map(
  Arbitrary.array(
    oneOf("0", "1", "5", "9", "00", "12", "922337203685477580", "4503599627370496", "99999999"),
    {
      maxLength: 3,
    },
  ),
  (parts) => parts.join(""),
)
const anyNumber = joined(
  oneOf(...some("", 3), "-", "-", "+", "--"),
  digits,
  oneOf("", "", ".", ".", ".0", ".000", ".0000", ".5", ".25"),
  digits,
  oneOf(...some("", 5), "e", "e-", "e+", "E+"),
  oneOf(...some("", 5), "05", "07", "15", "22", "23", "300", "5", "310"),
)

const anyTime = joined(
  oneOf(...some("2024", 4), "2023", "1900", "0001", "0000", "9999", "12024"),
  oneOf(...some("-", 6), "/"),
  oneOf("01", "02", "02", "04", "12", "13", "00"),
  oneOf(...some("-", 6), ""),
  oneOf("01", "28", "29", "30", "31", "32", "00", "1"),
  oneOf(...some("", 3), " ", " ", "T", "T", "t", "  "),
  oneOf(...some("", 3), "00:00", "23:59:59", "12:30:00", "24:00:00", "23:59:60", "23:60:00", "12:30"),
  oneOf(...some("", 4), ".5", ".50", ".000", ".123456", ".1234567", "."),
  oneOf(...some("", 4), "Z", "+02", "-05:30", "+0000", "+15", "+14:60", " UTC", "z", "-00:00"),
)

const anyUuid = joined(
  oneOf("0198a3e0", "0198A3E0", "00000000", "0198a3e", "0198a3eg"),
  oneOf("-1b2c-7d3e-", "-1B2C-7D3E-", "-0000-0000-", "-1b2c7d3e-", "1b2c-7d3e-"),
  oneOf(
    "8f40-123456789abc",
    "8F40-123456789ABC",
    "0000-000000000000",
    "8f40-123456789ab",
    "8f40-123456789abc0",
  ),
)

const anyJson = Arbitrary.map(
  Arbitrary.array(
    oneOf(
      '{"a":',
      '{"b": ',
      "{",
      "}",
      "}",
      "[",
      "]",
      "]",
      ",",
      ":",
      "1",
      "-0",
      "1e400",
      "null",
      "true",
      '"x"',
      String.raw`"\u0061"`,
      String.raw`"\ud800"`,
      String.raw`"\u0000"`,
      "[1,2]",
      "{}",
      " ",
    ),
    { maxLength: 6 },
  ),
  (parts) => parts.join(""),
)

const anyWord = oneOf(
  "true",
  "false",
  "TRUE",
  "False",
  "t",
  "f",
  "T",
  "yes",
  "0",
  "1",
  "NaN",
  "Infinity",
  "-Infinity",
  "-0",
  "inf",
  "",
  " ",
  "é",
  "東",
  "null",
  "1,000",
  "١",
)

const anyText = Arbitrary.schema(Schema.String)

/** Text without what Postgres cannot store: NUL, and halves of surrogate pairs. */
const storable = (text: string): string => text.replaceAll("\0", "").toWellFormed()

/** Values of every type, and what is nearly one. */
export const anyValue: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.flatMap(
    Arbitrary.schema(Schema.Literals(["number", "number", "time", "time", "uuid", "json", "word", "text"])),
    (kind) =>
      ({ number: anyNumber, time: anyTime, uuid: anyUuid, json: anyJson, word: anyWord, text: anyText })[
        kind
      ],
  ),
  storable,
)
