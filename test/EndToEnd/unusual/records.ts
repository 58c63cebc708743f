import type { UnusualFile } from "./UnusualFile.ts"
import { numbered, numberedText, quotedText } from "./texts.ts"

export const records: ReadonlyArray<UnusualFile> = [
  {
    name: "one record with a missing field",
    body: `id,name\n${numberedText(1, 10)}11\n${numberedText(12, 20)}`,
    columns: ["id", "name"],
    rows: [...numbered(1, 10), ...numbered(12, 20)],
    rejects: { ragged_record: 1 },
  },
  {
    name: "one record with an extra field",
    body: `id,name\n${numberedText(1, 10)}11,name 11,and more\n${numberedText(12, 20)}`,
    columns: ["id", "name"],
    rows: [...numbered(1, 10), ...numbered(12, 20)],
    rejects: { ragged_record: 1 },
  },
  {
    name: "short and long records (onBadRow=pad)",
    body: "a,b,c\n1\n1,2\n1,2,3\n1,2,3,4\n",
    options: { onBadRow: "pad" },
    columns: ["a", "b", "c"],
    rows: [
      ["1", null, null],
      ["1", "2", null],
      ["1", "2", "3"],
      ["1", "2", "3"],
    ],
    repairs: { short_record: 2, long_record: 1 },
  },
  {
    name: "one bad record among few",
    body: "a,b\n1,2\n3\n",
    columns: ["a", "b"],
    rows: [["1", "2"]],
    rejects: { ragged_record: 1 },
  },
  {
    name: "a footer",
    body: `id,name\n${numberedText(1, 12)}Total 12\n`,
    columns: ["id", "name"],
    rows: numbered(1, 12),
    rejects: { ragged_record: 1 },
  },
  {
    name: "unescaped quotes in quoted fields",
    body: `id,name\n${quotedText(1, 10)}11,"He said "hi" to me"\n${quotedText(12, 20)}`,
    columns: ["id", "name"],
    rows: [...numbered(1, 10), ["11", 'He said "hi" to me'], ...numbered(12, 20)],
    repairs: { stray_quote: 1 },
  },
  {
    name: "quotes in the middle of fields",
    body: 'size,name\n5" pipe,Bob "the builder"\n7" pipe,Eve\n',
    columns: ["size", "name"],
    rows: [
      ['5" pipe', 'Bob "the builder"'],
      ['7" pipe', "Eve"],
    ],
  },
  {
    name: "an unterminated quote among quoted fields",
    body: `id,name\n${quotedText(1, 10)}11,"never closed\n${quotedText(12, 20)}`,
    columns: ["id", "name"],
    rows: [...numbered(1, 10), ...numbered(12, 20)],
    rejects: { unterminated_quote: 1 },
  },
  {
    name: "a NUL in a field",
    body: `id,name\n${numberedText(1, 10)}11,a\u0000b\n${numberedText(12, 20)}`,
    columns: ["id", "name"],
    rows: [...numbered(1, 10), ...numbered(12, 20)],
    rejects: { nul_byte: 1 },
  },
  {
    name: "empty fields, with and without quotes",
    body: 'a,b,c\n,"",x\n"",,y\n',
    columns: ["a", "b", "c"],
    rows: [
      [null, "", "x"],
      ["", null, "y"],
    ],
  },
  {
    name: "backslashes before quotes",
    body: 'id,text\n1,"say \\"hi\\", then go"\n2,"plain"\n3,"a \\"b\\" c"\n',
    columns: ["id", "text"],
    rows: [
      ["1", 'say "hi", then go'],
      ["2", "plain"],
      ["3", 'a "b" c'],
    ],
    dialect: { escape: "\\" },
  },
  {
    name: "requested NULL values (nullValues)",
    body: 'a,b\nNA,1\n2,\\N\n"NA",3\n',
    options: { nullValues: ["NA", "\\N"] },
    columns: ["a", "b"],
    rows: [
      [null, "1"],
      ["2", null],
      ["NA", "3"],
    ],
  },
  {
    name: "a field of a megabyte",
    body: `id,text\n1,"${"long, ".repeat(200_000)}"\n2,short\n`,
    columns: ["id", "text"],
    rows: [
      ["1", "long, ".repeat(200_000)],
      ["2", "short"],
    ],
  },
  {
    name: "1,600 columns, the limit of a table",
    body: `${Array.from({ length: 1600 }, (_, n) => `c${n}`).join(",")}\n${Array.from({ length: 1600 }, () => "1").join(",")}\n`,
    columns: Array.from({ length: 1600 }, (_, n) => `c${n}`),
    rows: [Array.from({ length: 1600 }, () => "1")],
  },
  {
    name: "JSON in quoted fields",
    body: 'id,data\n1,"{""a"": [1, 2], ""b"": ""x;y|z""}"\n2,"{""a"": []}"\n',
    columns: ["id", "data"],
    rows: [
      ["1", '{"a": [1, 2], "b": "x;y|z"}'],
      ["2", '{"a": []}'],
    ],
  },
  {
    name: "leading zeros, and spaces around values",
    body: "code, text \n007, a \n0042,b\n",
    // Names are trimmed, values are not.
    columns: ["code", "text"],
    rows: [
      ["007", " a "],
      ["0042", "b"],
    ],
  },
]
