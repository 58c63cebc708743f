import type { TrickyFile } from "./trickyFiles.ts"

type Tiny = readonly [name: string, text: string, expected: TrickyFile["expected"]]

const semicolon = { delimiter: ";" }
const tab = { delimiter: "\t" }
const bar = { delimiter: "|" }
const oneColumn = { delimiter: null }

const ragged: ReadonlyArray<Tiny> = [
  ["a short record of three", "a,b\n1,2\n3\n", {}],
  ["a short record with CRLF", "a,b\r\n1,2\r\n3\r\n", {}],
  ["a short record with CR", "a,b\r1,2\r3\r", {}],
  ["a short and a long record", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n", {}],
  ["the same with semicolons", "a;b;c\n1;2;3\n4;5\n6;7;8;9\n", semicolon],
  ["the only record is short", "a,b\n1\n", {}],
  ["the only record of three is short", "a,b,c\n1,2\n", {}],
  ["the only record has one of three cells", "a,b,c\n1\n", {}],
  ["both records have one of three cells", "a,b,c\nx\ny\n", {}],
  ["a short record first", "a;b\n1\n2;3\n", semicolon],
  ["a long record last", "a,b\n1,2\n3,4,5\n", {}],
  ["a name without an age", "name,age\nBob,3\nEve\n", {}],
  ["a name without an age behind tabs", "name\tage\nBob\t3\nEve\n", tab],
  ["a name without an age behind bars", "name|age\nBob|3\nEve\n", bar],
  ["an age too much", "name;age\nBob;3\nEve;4;x\n", semicolon],
  ["names with blanks, one alone", "first name,last name\nAnna,Lee\nBob\n", {}],
  ["a comma in a cell that wants quotes", "Name,City\nAnna,New York\nBob,Los Angeles, CA\nEve,Rome\n", {}],
  ["an address that wants quotes", "id,address\n1,12 Main St, Springfield\n2,34 Oak Ave\n3,5 Elm Rd\n", {}],
  ["an event that wants quotes", "date,event\n2020-01-01,New Year, all day\n2020-05-01,Labour Day\n", {}],
  ["a decimal comma alone at the end", "a;b\n1,2;3\n4,5;6\n7,8\n", semicolon],
  ["decimal commas, one cell missing", "v1;v2\n0,5;0,7\n0,6\n", semicolon],
  ["a sum below two columns", "a;b\n1;2\n3;4\nTotal;123\n", semicolon],
  ["a sum below three columns", "a;b;c\n1;2;3\n4;5;6\nTotal;123\n", semicolon],
  ["a word below three columns", "a,b,c\n1,2,3\n4,5,6\nTotal\n", {}],
  ["a source below the table", "a,b\n1,2\n\n\nSource: x, y\n", {}],
  ["a delimiter behind one row of three", "a,b,c\n1,2,3,\n4,5,6\n7,8,9\n", {}],
  ["quotes in all cells, one missing", '"a","b"\n"1","2"\n"3"\n', {}],
  ["the same with single quotes", "'a';'b'\n'1';'2'\n'3'\n", { ...semicolon, quote: "'", escape: "'" }],
  ["a line break in quotes and a short record", 'a,b\n"x\ny",1\nz\n', {}],
]

const quotes: ReadonlyArray<Tiny> = [
  [
    "one quote of many is not closed",
    'id,note,x\n1,"a, b",1\n2,"never closed,2\n3,"c, d",3\n4,"e",4\n5,"f, g",5\n',
    {},
  ],
  ["one quote of three is not closed", 'id,note\n1,"a"\n2,"b\n3,"c"\n', {}],
  ["one quote of five is not closed", 'a,b\n"1","x"\n"2","y\n"3","z"\n', {}],
  ["text behind one closing quote", 'id;note\n1;"a" b\n2;"c; d"\n3;e\n4;"f"\n', semicolon],
  ["a quote within quotes", 'a,b\n"1","x"y"\n"2","y"\n', {}],
  ["a quote doubled for nothing", 'a,b\n"1","x""\n"2","y"\n', {}],
  ["a quote at one cell's end", 'id,note\n1,a\n2,b"\n3,"c"\n4,"d"\n', {}],
  ["apostrophes at the start of words", "a,b,c\n1,it's,3\n4,'tis,6\n7,x,9\n", {}],
  ["an apostrophe that is not closed", "a;b\n1;'x\n2;y\n", semicolon],
  ["doubled quotes at both ends", 'id,name\n1,"""Ann"""\n', {}],
  ["quotes for texts only", '"id","name"\n1,"Ann"\n2,"Bob ""the"" B"\n', {}],
  ["one quote behind a backslash", 'name,said\nA,"He said, \\"no\\""\nB,ok\n', { escape: "\\" }],
]

const few: ReadonlyArray<Tiny> = [
  ["one record with semicolons", "1;2;3\n", semicolon],
  ["one record with commas", "1,2,3\n", {}],
  ["a header with tabs", "a\tb\n", tab],
  ["a header with a bar and no line end", "a|b", bar],
  ["a header and a record without a line end", "a;b;c\n1;2;3", semicolon],
  ["colons between letters and numbers", "a:b\n1:2\n3:4\n", { delimiter: ":" }],
  ["colons between words", "kind:name\nx:Ann\ny:Bob\n", { delimiter: ":" }],
  ["a key and its value", "key: value\n", oneColumn],
  ["numbers only", "1\n2\n3\n", oneColumn],
  ["numbers with points only", "1.5\n2.5\n", oneColumn],
  ["timestamps only", "time\n2020-01-01 10:00:00\n2020-01-02 10:00:00\n", oneColumn],
  ["prices with decimal commas only", "price\n1,50\n2,99\n", oneColumn],
  ["the same in quotes", 'price\n"1,5"\n"2,5"\n', oneColumn],
  ["prices with decimal commas and words", "item;price\nBread;1,50\nMilk;2,99\n", semicolon],
  ["the same between tabs", "item\tprice\nBread\t1,50\nMilk\t2,99\n", tab],
  ["coordinates with decimal commas", "lat;lon\n48,1;2,3\n", semicolon],
  ["days and numbers", "2020-01-01,1.5\n2020-01-02,2.5\n", {}],
  ["days and decimal commas", "2020-01-01;1,5\n2020-01-02;2,5\n", semicolon],
  ["one record of JSON", 'id;json\n1;{"a":1}\n', semicolon],
  ["JSON with lists between tabs", 'id\tjson\n1\t{"a":1,"b":[1,2]}\n2\t{"a":2,"b":[3,4]}\n', tab],
  [
    "addresses of the web with every sign",
    "id|url\n1|https://a.org/?a=1,2;3\n2|https://b.org/?b=4,5;6\n",
    bar,
  ],
  ["bars between words", "text\nhello | world\nfoo | bar\n", oneColumn],
  ["bars between words and commas", "text,n\nhello | world,1\nfoo | bar,2\n", {}],
  ["keys and values between semicolons", "a=1;b=2\nc=3;d=4\n", semicolon],
  ["lists in a comma file, of one too", "id,tags,n\n1,a;b;c,5\n2,d;e,6\n3,f,7\n", {}],
  [
    "a log with commas in its texts",
    "ts,level,msg\n10:00:00,INFO,a: b\n10:00:01,WARN,c: d\n10:00:02,INFO,x\n",
    {},
  ],
  ["hardware and network addresses", "mac,ip\n00:1a:2b:3c:4d:5e,10.0.0.1\n00:1a:2b:3c:4d:5f,10.0.0.2\n", {}],
  ["lists of names between semicolons", "a;b\nx, y, z;1\nu, v, w;2\n", semicolon],
  ["cities, some with their country", "City\nParis, France\nRome\nOslo, Norway\nBern\n", oneColumn],
  [
    "sentences of which some have a comma",
    "text\nIt rains.\nWhen it rains, it pours.\nIf so, then no.\nAh, well.\n",
    oneColumn,
  ],
  ["a word among blank lines", "a\n\nb\n", oneColumn],
  ["nothing but delimiters", ",,\n,,\n", {}],
  ["a line of blanks before the header", "\r\n \n\nid;name\n1;x\n", { ...semicolon, skipLines: 3 }],
  [
    "a title and a blank line before two columns",
    "Towns\n\nid;name\nx;Ann\n",
    { ...semicolon, skipLines: 2 },
  ],
]

/** Files of a few lines, where every one counts. */
export const tinyFiles: ReadonlyArray<TrickyFile> = [...ragged, ...quotes, ...few].map(
  ([name, text, expected]) => ({ name, text, expected }),
)
