import type { UnusualFile } from "./UnusualFile.ts"
import { people, written } from "./texts.ts"

export const headers: ReadonlyArray<UnusualFile> = [
  {
    name: "duplicate and empty column names",
    body: "a,a,,a\n1,2,3,4\n",
    columns: ["a", "a_2", "column_3", "a_3"],
    rows: [["1", "2", "3", "4"]],
  },
  {
    name: "quotes, line breaks and SQL in column names",
    body: '"say ""hi""","two\nlines",x"); drop table job; --\n1,2,3\n4,5,6\n',
    columns: ['say "hi"', "two\nlines", 'x"); drop table job; --'],
    rows: [
      ["1", "2", "3"],
      ["4", "5", "6"],
    ],
  },
  {
    name: "a title and a blank line before the header",
    body: `Members of the club\nas of 2024-01-31\n\n${written(",")}`,
    ...people,
    dialect: { skippedLines: 3 },
  },
  {
    name: "comments before the header",
    body: `# source: somewhere\n# licence: any\n${written(",")}`,
    ...people,
    dialect: { skippedLines: 2 },
  },
  {
    name: "no header (header=false)",
    body: "1,Ada,London\n2,Blaise,Clermont\n",
    options: { header: false },
    columns: ["column_1", "column_2", "column_3"],
    rows: [
      ["1", "Ada", "London"],
      ["2", "Blaise", "Clermont"],
    ],
    dialect: { hasHeader: false },
  },
  { name: "only a header", body: "id,name\n", columns: ["id", "name"], rows: [] },
  {
    name: "a delimiter at the end of every row",
    body: "id,name\n1,Ada,\n2,Blaise,\n3,Carl,\n",
    columns: ["id", "name", "column_3"],
    rows: [
      ["1", "Ada", null],
      ["2", "Blaise", null],
      ["3", "Carl", null],
    ],
    repairs: { short_header: 1 },
  },
  {
    name: "a line to skip (skipLines=1)",
    body: `x,y,z\n${written(",")}`,
    options: { skipLines: 1 },
    ...people,
    dialect: { skippedLines: 1 },
  },
]
