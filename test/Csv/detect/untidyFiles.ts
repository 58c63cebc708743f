import { repeated, type TrickyFile } from "./trickyFiles.ts"

/** Files with blanks, delimiters or quotes that a tidier program would not have written so. */
export const untidyFiles: ReadonlyArray<TrickyFile> = [
  {
    name: "a blank behind every comma and no quotes",
    text: "a, b, c\n1, 2, 3\n4, , 6\n",
    expected: { skipInitialSpace: true },
  },
  {
    name: "a blank behind every comma but one",
    text: "a, b, c\n1, 2, 3\n4,-5, 6\n",
    expected: {},
  },
  { name: "columns padded with blanks", text: "a,    b,  c\n1,    2,  3\n4, 5000, 66\n", expected: {} },
  {
    name: "a title before blanks behind every bar",
    text: "Report|all\na| b| c\n1| 2| 3\n4| 5| 6\n",
    expected: { delimiter: "|", skipInitialSpace: true, skipLines: 1 },
  },
  {
    name: "quotes that nobody doubled, and no others",
    text: `id,name\n${repeated(11, (n) => `${n},name ${n}\n`)}11,"He said "hi" to me"\n12,x\n`,
    expected: {},
  },
  {
    name: "quotes that nobody doubled, at the edges too",
    text: `id,name,n\n${repeated(11, (n) => `${n},name,1\n`)}11,""hi" he said",2\n12,a 15" screen,3\n`,
    expected: {},
  },
  {
    name: "searches for quoted words",
    text: `q\tn\n${repeated(11, (n) => `lamp ${n}\t1\n`)}"red" or "blue"\t2\n"one", "two"\t3\n`,
    expected: { delimiter: "\t", quote: null },
  },
  {
    name: "a delimiter behind most rows",
    text: "a,b,c\n1,2,3,\n4,5,6\n7,8,9,\n7,8,9,\n",
    expected: { columns: 4, optionalColumns: 1 },
  },
  {
    name: "a value without a name, in one row",
    text: "a,b,c\n1,2,3,\n4,5,6,x\n7,8,9,\n",
    expected: { columns: 4, optionalColumns: 0 },
  },
]
