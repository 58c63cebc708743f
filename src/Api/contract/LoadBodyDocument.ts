import { encodings } from "../../Domain/load/Encoding.ts"

const none = { enum: [null, "none"] } as const
const sign = { type: "string", pattern: "^[\\t -~]$" } as const
const tab = { enum: ["tab", "\\t"] } as const

/**
 * The fields of `LoadBody` as the OpenAPI document shows them: how they are written, not only what they become.
 * A form sends the same values as texts.
 */
export const loadBodyDocument = {
  fileUrl: {
    type: "string",
    format: "uri",
    maxLength: 8192,
    description: "Absolute http or https URL of a CSV file.",
    examples: ["http://localhost:8000/tripsdata.csv"],
  },
  delimiter: {
    anyOf: [sign, tab],
    description:
      "Stands between two fields: one ASCII character. A tab may also be written `\\t` or `tab`. Left out, it is found out from the file.",
    examples: [";", "tab"],
  },
  quote: {
    anyOf: [sign, none],
    description:
      "Encloses a field. `none`, null in JSON or nothing in a form: no character does, and quotes are text. Left out, it is found out from the file.",
    examples: ["'", "none"],
  },
  escape: {
    ...sign,
    description:
      "Stands before a quote in a quoted field; the quote itself means that it is doubled. Left out, it is found out from the file.",
    examples: ["\\"],
  },
  encoding: {
    type: "string",
    description: `The file's encoding, by any of its labels in the WHATWG Encoding Standard, in any case. Known are ${encodings.join(", ")}. Left out, it is found out from the file.`,
    examples: ["windows-1252", "latin1"],
  },
  header: {
    enum: [true, false, "auto"],
    default: true,
    description:
      "Whether the first record names the columns; if not, they are `column_1`, `column_2`… `auto`: by the types of its cells.",
    examples: [false],
  },
  skipLines: {
    type: "integer",
    minimum: 0,
    maximum: 10_000,
    description:
      "Lines to leave out before the header. Left out, a title above it is found out from the file.",
    examples: [3],
  },
  comment: {
    anyOf: [sign, none],
    description:
      "A line that begins with this character is left out. `none`, null in JSON or nothing in a form: there are no such lines. Left out, it is found out from the file.",
    examples: ["#"],
  },
  nullValues: {
    anyOf: [{ type: "array", items: { type: "string" }, maxItems: 100 }, { type: "string" }],
    default: [],
    description:
      "Texts that become NULL where they stand without quotes, besides the empty one, which always does. In a form the field is repeated.",
    examples: [["NA", "NULL"]],
  },
  onBadRow: {
    enum: ["fail", "reject", "pad"],
    default: "reject",
    description:
      "What becomes of a record that cannot become a row. `fail`: it ends the job. `reject`: it is set aside, to be seen at /job_rejects. `pad`: too short, it is filled with NULL, too long, it is cut; any other is set aside.",
    examples: ["fail"],
  },
  maxBadRows: {
    anyOf: [
      { type: "integer", minimum: 0 },
      { type: "string", pattern: "^(\\d{1,15}|\\d{1,3}(\\.\\d{1,6})? ?%)$" },
    ],
    default: "10%",
    description:
      "How many records may be set aside before the job fails (too_many_bad_rows): a number, or a share of the file's.",
    examples: [100, "2.5%"],
  },
  tableName: {
    type: "string",
    minLength: 1,
    description:
      "The table's name, used as it stands: 1 to 63 bytes of UTF-8, no control characters. It must be free: no table has it, and no job that has not ended is to make one of that name. Left out, the name is made of the URL's last part and the time.",
    examples: ["trips"],
  },
  types: {
    enum: ["text", "infer"],
    default: "text",
    description:
      "`text`: every column is text. `infer`: a column gets a type that every value of it fits without losing a character.",
    examples: ["infer"],
  },
} as const
