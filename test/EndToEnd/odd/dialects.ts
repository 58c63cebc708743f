import type { OddFile } from "./OddFile.ts"
import { people, written } from "./texts.ts"

export const delimiters: ReadonlyArray<OddFile> = [
  { name: "semicolons", body: written(";"), ...people, dialect: { delimiter: ";" } },
  { name: "tabs", body: written("\t"), ...people, dialect: { delimiter: "\t" } },
  { name: "bars", body: written("|"), ...people, dialect: { delimiter: "|" } },
  { name: "colons", body: written(":"), ...people, dialect: { delimiter: ":" } },
  { name: "semicolons around quoted fields", body: written(";", "\r\n", '"'), ...people },
  { name: "fields in apostrophes", body: written(",", "\n", "'"), ...people, dialect: { quote: "'" } },
  {
    name: "a blank behind every comma, and quotes",
    body: written(", ", "\n", '"'),
    ...people,
    dialect: { skipsBlanks: true },
  },
  {
    name: "decimal commas between semicolons",
    body: "ware;preis;menge\nÄpfel;1,25;3\nBirnen;2,50;10\nNüsse;12,00;1\n",
    columns: ["ware", "preis", "menge"],
    rows: [
      ["Äpfel", "1,25", "3"],
      ["Birnen", "2,50", "10"],
      ["Nüsse", "12,00", "1"],
    ],
  },
  {
    name: "the line with which Excel tells its delimiter",
    body: `sep=;\r\n${written(";", "\r\n")}`,
    ...people,
    dialect: { delimiter: ";", skippedLines: 1 },
  },
  {
    name: "one column of texts with commas",
    body: "remark\nWell, yes\nNo\nPerhaps, but then, no\nNever\n",
    columns: ["remark"],
    rows: [["Well, yes"], ["No"], ["Perhaps, but then, no"], ["Never"]],
    dialect: { delimiter: null },
  },
]

export const lineEnds: ReadonlyArray<OddFile> = [
  { name: "CRLF", body: written(",", "\r\n"), ...people, dialect: { lineEnding: "crlf" } },
  { name: "a lone CR", body: written(",", "\r"), ...people, dialect: { lineEnding: "cr" } },
  {
    name: "line ends of every kind, mixed",
    body: "id,name,city\r\n1,Ada,London\n2,Blaise,Clermont\r3,Carl,Brunswick\r\n4,Dorothy,Boston\n",
    ...people,
    dialect: { lineEnding: "mixed" },
  },
  { name: "no line end at the end", body: written(",").trimEnd(), ...people },
  { name: "blank lines in between and at the end", body: written(",", "\n\n"), ...people },
  {
    name: "line breaks in quoted fields",
    body: 'id,note\n1,"first\nsecond"\n2,"one\r\ntwo\r\n\r\nthree"\n3,plain\n',
    columns: ["id", "note"],
    rows: [
      ["1", "first\nsecond"],
      ["2", "one\r\ntwo\r\n\r\nthree"],
      ["3", "plain"],
    ],
  },
]
