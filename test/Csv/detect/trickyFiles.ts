import type { Detected } from "../../../src/Csv/detect/detectDialect.ts"

/** A file that is easily misread, and what must be found out about it; what is not said is as in the standard. */
export interface TrickyFile {
  readonly name: string
  readonly text: string
  readonly expected: Partial<Detected>
}

export const repeated = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join("")

const words = ["lorem", "ipsum dolor", "sit", "amet consectetur", "elit", "sed do", "tempor"]
const word = (n: number): string => words[n % words.length]!
const prose = [
  "It was late, and the rain had not stopped.",
  "She waited; nobody came.",
  "Then, at last, a door, far away, was shut.",
  "He said: no.",
  "Nothing more happened that day",
  "In the morning, however, the letter lay there.",
]

const semicolon = { delimiter: ";" }
const tab = { delimiter: "\t" }
const pipe = { delimiter: "|" }
const colon = { delimiter: ":" }
const oneColumn = { delimiter: null }

export const trickyFiles: ReadonlyArray<TrickyFile> = [
  { name: "plain commas", text: "a,b,c\n1,2,3\n4,5,6\n", expected: {} },
  { name: "a header alone", text: "name,age,city", expected: {} },
  { name: "a header alone with semicolons", text: "name;age;city\n", expected: semicolon },
  { name: "a header alone with tabs", text: "name\tage\tcity\n", expected: tab },
  { name: "two lines with semicolons", text: "a;b\n1;2\n", expected: semicolon },
  { name: "decimal commas", text: "x;y\n1,5;2,3\n2,7;3,8\n10,25;-4,5\n", expected: semicolon },
  { name: "decimal commas without a header", text: "1,5;2,3\n2,7;3,8\n10,25;-4,5\n", expected: semicolon },
  { name: "decimal commas between tabs", text: "x\ty\n1,5\t2,3\n2,7\t3,8\n", expected: tab },
  {
    name: "thousands between semicolons",
    text: "n;total\n1;1,234,567.50\n2;12,000.00\n",
    expected: semicolon,
  },
  { name: "thousands between tabs", text: "n\ttotal\n1\t1,234\n2\t5,678\n3\t9,012\n", expected: tab },
  { name: "thousands in quotes", text: 'n,total\n1,"1,234"\n2,"12,000"\n3,"5"\n', expected: {} },
  { name: "times between commas", text: "time,value\n10:20:30,5\n10:21:30,6\n10:22:30,7\n", expected: {} },
  {
    name: "timestamps between commas",
    text: "at,v\n2020-01-01 10:20:30,5\n2020-01-02 11:20:30,6\n",
    expected: {},
  },
  { name: "a column of times", text: "time\n10:20:30\n10:21:30\n10:22:31\n", expected: oneColumn },
  { name: "a column of times without a header", text: "10:20:30\n10:21:30\n10:22:31\n", expected: oneColumn },
  { name: "a column of decimal commas", text: "value\n1,5\n2,3\n4,75\n10,1\n", expected: oneColumn },
  { name: "one column of words", text: "name\nalpha\nbeta\ngamma\n", expected: oneColumn },
  { name: "one cell", text: "name", expected: oneColumn },
  { name: "prose", text: `${prose.join("\n")}\n`, expected: oneColumn },
  {
    name: "much prose",
    text: repeated(300, (n) => `${prose[(n * 5) % 6]} ${prose[(n * 7 + 1) % 6]}\n`),
    expected: oneColumn,
  },
  {
    name: "surnames before given names",
    text: "name\nDoe, John\nSmith, Jane\nBlack, Jack\n",
    expected: oneColumn,
  },
  {
    name: "addresses in one column",
    text: "address\n1 Main St, Springfield, IL\n22 Oak Ave, Salem, OR\n7 Elm Rd, Dover, DE\n",
    expected: oneColumn,
  },
  {
    name: "addresses of the web in one column",
    text: "url\nhttp://example.com/a\nhttps://example.org/b?x=1\n",
    expected: oneColumn,
  },
  {
    name: "addresses of the web between commas",
    text: "url,n\nhttp://example.com/a,1\nhttps://example.org:8080/b,2\n",
    expected: {},
  },
  {
    name: "hardware addresses",
    text: "mac\n00:1a:2b:3c:4d:5e\n00:1a:2b:3c:4d:5f\na0:1a:2b:3c:4d:5f\n",
    expected: oneColumn,
  },
  { name: "one quoted column with commas", text: 'name\n"Doe, John"\n"Smith, Jane"\n', expected: oneColumn },
  {
    name: "a password file",
    text: "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n",
    expected: colon,
  },
  { name: "bars", text: "a|b|c\n1|x y|3\n4|z, w|6\n", expected: pipe },
  { name: "bars inside a comma file", text: "id,tags\n1,a|b|c\n2,d\n3,e|f\n", expected: {} },
  {
    name: "bars with text full of commas",
    text: "id|text\n" + repeated(8, (n) => `${n}|${prose[n % 6]}\n`),
    expected: pipe,
  },
  {
    name: "tabs with text full of commas",
    text: "id\ttext\n" + repeated(8, (n) => `${n}\t${prose[n % 6]}\n`),
    expected: tab,
  },
  {
    name: "semicolons with text full of commas",
    text: "id;text;n\n" + repeated(8, (n) => `${n};${prose[n % 6]!.replaceAll(";", ".")};${n}\n`),
    expected: semicolon,
  },
  {
    name: "cities with their countries between tabs",
    text: "name\tcity, country\nA\tParis, France\nB\tRome, Italy\n",
    expected: tab,
  },
  { name: "lists by semicolon in a comma file", text: "id,tags\n1,a;b\n2,c;d\n3,e;f\n", expected: {} },
  {
    name: "quoted text with every delimiter",
    text: 'a,b\n"x;y|z\t:","1,2"\n"x;y|z\t:","3,4"\n',
    expected: {},
  },
  {
    name: "long quoted text with commas",
    text: "id,text,n\n" + repeated(20, (n) => `${n},"${prose[n % 6]} ${prose[(n + 1) % 6]}",${n * 2}\n`),
    expected: {},
  },
  {
    name: "quoted line breaks",
    text: 'a,b\n1,"two\nlines, with; commas"\n2,"three\n\nlines"\n',
    expected: {},
  },
  {
    name: "JSON between semicolons",
    text: 'id;doc\n1;{"a":1,"b":2}\n2;{"a":3,"b":4}\n',
    expected: semicolon,
  },
  { name: "JSON in quotes", text: 'id,doc\n1,"{""a"":1,""b"":2}"\n2,"{""a"":3,""b"":4}"\n', expected: {} },
  { name: "everything in quotes", text: '"a";"b"\n"1,5";"x"\n"2,5";"y"\n', expected: semicolon },
  { name: "single quotes", text: "a,b\n'x, y','z'\n'u','v, w, x'\n", expected: { quote: "'", escape: "'" } },
  {
    name: "single quotes doubled",
    text: "a;b\n'it''s; here';1\n'isn''t';2\n'x';3\n",
    expected: { ...semicolon, quote: "'", escape: "'" },
  },
  { name: "apostrophes", text: "a,b\nit's,don't\n'tis,won't\nx,rock 'n' roll\n", expected: {} },
  {
    name: "double quotes with apostrophes at the edges",
    text: 'a,b\n"\'tis, so",1\n"the dogs\'",2\nx,3\n',
    expected: {},
  },
  {
    name: "backslashes before quotes",
    text: 'a,b\n"say \\"hi\\", ok",1\n"\\"x\\"",2\n',
    expected: { escape: "\\" },
  },
  {
    name: "folders that end in a backslash",
    text: 'path,n\n"C:\\dir\\",1\n"D:\\x, y\\",2\n"E:\\",3\n',
    expected: {},
  },
  { name: "inches between tabs", text: 'id\tsize\n1\t5" pipe\n2\t7" pipe\n', expected: tab },
  {
    name: "stray quotes at the start of a field",
    text: 'id\ttext\n1\t"Hello" she said\n2\tgoodbye\n3\t"No" he said\n',
    expected: { ...tab, quote: null },
  },
  {
    name: "an unclosed quote at the start of a field",
    text: 'id\ttext\n1\t"Hello she said\n2\tgoodbye\n3\tyes\n4\tno\n',
    expected: { ...tab, quote: null },
  },
  {
    name: "blanks between the delimiter and a quote",
    text: 'a, b, c\n1, "x, y", 2\n2, "z", 3\n',
    expected: { skipInitialSpace: true },
  },
  {
    name: "blanks before a quote behind semicolons",
    text: 'a; b\n"1"; "x; y"\n"2"; "z"\n',
    expected: { ...semicolon, skipInitialSpace: true },
  },
  { name: "CRLF", text: "a;b\r\n1;2\r\n3;4\r\n", expected: { ...semicolon, lineEnding: "crlf" } },
  { name: "CR", text: "a,b\r1,2\r3,4\r", expected: { lineEnding: "cr" } },
  {
    name: "CR below a header that has all LFs",
    text: '"a\n\n\nb",c\r,\r,\r',
    expected: { lineEnding: "cr" },
  },
  { name: "mixed line endings", text: "a,b\r\n1,2\n3,4\r\n", expected: { lineEnding: "mixed" } },
  {
    name: "a CR inside the text of LF records",
    text: "a,b\n1,x\ry\n2,z\n3,u\rv\n4,w\n",
    expected: { recordEnd: "lf", lineEnding: "lf" },
  },
  { name: "no last line ending", text: "a;b\n1;2\n3;4", expected: semicolon },
  { name: "blank lines at the end", text: "a;b\n1;2\n3;4\n\n\n\n", expected: semicolon },
  {
    name: "blank lines everywhere",
    text: "\n\na;b\n\n1;2\n\n3;4\n\n",
    expected: { ...semicolon, skipLines: 2 },
  },
  { name: "a title", text: "Report for 2020\nname,age,city\nA,1,X\nB,2,Y\n", expected: { skipLines: 1 } },
  {
    name: "a title, a blank line and text only",
    text: "Report, June\n\nname;city;state\nA;X;s\nB;Y;t\nC;Z;u\n",
    expected: { ...semicolon, skipLines: 2 },
  },
  {
    name: "a long preamble",
    text: "Source: World Bank\nDate,2020-01-01\n\nAll numbers, in thousands.\n\nCountry,Code,2019,2020\nAruba,ABW,1,2\nAngola,AGO,3,4\n",
    expected: { skipLines: 5 },
  },
  {
    name: "a title padded with delimiters",
    text: "Report,,,\n,,,\nname,age,city,zip\nA,1,X,11\nB,2,Y,22\n",
    expected: { skipLines: 2 },
  },
  {
    name: "comments before the header",
    text: "# made by hand\n# units: m, s\na,b\n1,2\n3,4\n",
    expected: { skipLines: 2 },
  },
  {
    name: "comments between records",
    text: "a,b\n1,2\n# a note\n3,4\n# another, with, commas\n5,6\n",
    expected: { comment: "#" },
  },
  {
    name: "a header that begins with the comment sign",
    text: "#id\tname\tn\n1\tx\t2\n2\ty\t3\n",
    expected: tab,
  },
  {
    name: "comments, the last of which is the header",
    text: "# made by hand\n#id\tname\tn\n1\tx\t2\n2\ty\t3\n",
    expected: { ...tab, skipLines: 1 },
  },
  { name: "a column called #", text: "#,name\n1,x\n2,y\n", expected: {} },
  { name: "data that begins with the comment sign", text: "tag,n\n#one,1\n#two,2\nthree,3\n", expected: {} },
  {
    name: "comments before one column",
    text: "# list\nname\nx\ny\n",
    expected: { ...oneColumn, skipLines: 1 },
  },
  { name: "the line that tells Excel", text: "sep=;\na;b\n1;2\n", expected: { ...semicolon, skipLines: 1 } },
  {
    name: "a few ragged rows",
    text:
      "a;b;c\n" +
      repeated(30, (n) => (n % 10 === 3 ? `${n};x\n` : n % 10 === 7 ? `${n};x;y;z\n` : `${n};x;y\n`)),
    expected: semicolon,
  },
  {
    name: "rows shorter than the header for the most part",
    text: "a,b,c,d,e\n" + repeated(12, (n) => (n % 3 === 0 ? `${n},x,y,z,w\n` : `${n},x,y\n`)),
    expected: {},
  },
  {
    name: "a delimiter behind every row but not the header",
    text: "a,b,c\n1,2,3,\n4,5,6,\n7,8,9,\n",
    expected: { columns: 4, optionalColumns: 1 },
  },
  {
    name: "a delimiter behind the header only",
    text: "a;b;c;\n1;2;3\n4;5;6\n7;8;9\n",
    expected: { ...semicolon, columns: 3 },
  },
  { name: "a sparse table", text: "a,b,c,d,e\n1,,,,\n,,2,,\n,,,,3\n,,,,\n", expected: {} },
  { name: "a sparse table with bars", text: "a|b|c|d\n1|||\n||2|\n|||3\n", expected: pipe },
  {
    name: "a footer",
    text: "a;b;c\n" + repeated(10, (n) => `${n};x;${n}\n`) + "Source: the office, 2020\n",
    expected: semicolon,
  },
  { name: "coordinates", text: "name;lat;lon\nA;48,8566;2,3522\nB;52,5200;13,4050\n", expected: semicolon },
  {
    name: "dates with points",
    text: "date;amount\n01.02.2020;1.234,50\n03.02.2020;-17,00\n",
    expected: semicolon,
  },
  {
    name: "only text between commas",
    text: "name,city\n" + repeated(10, (n) => `${word(n)},${word(n + 3)}\n`),
    expected: {},
  },
  { name: "no header, all numbers", text: "1,2,3\n4,5,6\n7,8,9\n", expected: { hasHeader: false } },
  {
    name: "names of columns with blanks",
    text: "First Name\tLast Name\tDate of Birth\nA B\tC\t2000-01-02\n",
    expected: tab,
  },
  { name: "wide numbers with exponents", text: "a;b\n1,5e-3;2E5\n2,5e-3;3E5\n", expected: semicolon },
  { name: "genes", text: "id\tterm\n1\tGO:0008150\n2\tGO:0003674\n", expected: tab },
  { name: "ratios", text: "team,result\nA,3:1\nB,2:2\nC,0:4\n", expected: {} },
  { name: "versions", text: "pkg,version\nx,1.2.3\ny,10.0.1\n", expected: {} },
  { name: "money", text: "item;price\nx;$1,200.00\ny;$3.50\n", expected: semicolon },
  {
    name: "one row of a wide table",
    text: `${repeated(30, (n) => `c${n};`)}end\n${repeated(30, (n) => `${n},5;`)}1\n`,
    expected: semicolon,
  },
]
