import type { UnusualFile } from "./UnusualFile.ts"
import { people, written } from "./texts.ts"

export const delimiters: ReadonlyArray<UnusualFile> = [
  { name: "semicolons", body: written(";"), ...people, dialect: { delimiter: ";" } },
  { name: "tabs", body: written("\t"), ...people, dialect: { delimiter: "\t" } },
  { name: "vertical bars", body: written("|"), ...people, dialect: { delimiter: "|" } },
  { name: "colons", body: written(":"), ...people, dialect: { delimiter: ":" } },
  { name: "semicolons around quoted fields", body: written(";", "\r\n", '"'), ...people },
  { name: "fields in apostrophes", body: written(",", "\n", "'"), ...people, dialect: { quote: "'" } },
  {
    name: "a space after every comma, and quotes",
    body: written(", ", "\n", '"'),
    ...people,
    dialect: { skipsBlanks: true },
  },
  {
    name: "decimal commas and semicolons",
    body: "ware;preis;menge\nÄpfel;1,25;3\nBirnen;2,50;10\nNüsse;12,00;1\n",
    columns: ["ware", "preis", "menge"],
    rows: [
      ["Äpfel", "1,25", "3"],
      ["Birnen", "2,50", "10"],
      ["Nüsse", "12,00", "1"],
    ],
  },
  {
    name: "Excel's sep= line",
    body: `sep=;\r\n${written(";", "\r\n")}`,
    ...people,
    dialect: { delimiter: ";", skippedLines: 1 },
  },
  {
    name: "one column of sentences with commas",
    body: "remark\nWell, yes\nNo\nPerhaps, but then, no\nNever\n",
    columns: ["remark"],
    rows: [["Well, yes"], ["No"], ["Perhaps, but then, no"], ["Never"]],
    dialect: { delimiter: null },
  },
]

export const lineEndings: ReadonlyArray<UnusualFile> = [
  { name: "CRLF line endings", body: written(",", "\r\n"), ...people, dialect: { lineEnding: "crlf" } },
  { name: "CR line endings", body: written(",", "\r"), ...people, dialect: { lineEnding: "cr" } },
  {
    name: "mixed line endings",
    body: "id,name,city\r\n1,Ada,London\n2,Blaise,Clermont\r3,Carl,Brunswick\r\n4,Dorothy,Boston\n",
    ...people,
    dialect: { lineEnding: "mixed" },
  },
  { name: "no line ending at its end", body: written(",").trimEnd(), ...people },
  { name: "blank lines between and after its records", body: written(",", "\n\n"), ...people },
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
