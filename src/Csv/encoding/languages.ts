import type { Encoding } from "../../Domain/load/Encoding.ts"

/** The letters of a language beyond ASCII, most frequent first, and the encodings that its files use. */
interface Language {
  readonly name: string
  readonly letters: string
  readonly encodings: ReadonlyArray<Encoding>
}

const western: ReadonlyArray<Encoding> = ["windows-1252", "macintosh"]
const central: ReadonlyArray<Encoding> = ["windows-1250", "iso-8859-2"]
const cyrillic: ReadonlyArray<Encoding> = ["windows-1251", "koi8-r", "ibm866"]

export const languages: ReadonlyArray<Language> = [
  // Codes and numbers too: text with symbols beyond ASCII, and only exceptionally letters.
  { name: "English", letters: "", encodings: western },
  { name: "German", letters: "üäöß", encodings: western },
  { name: "French", letters: "éèàêçôîûùâëïœ", encodings: western },
  { name: "Spanish", letters: "óíáéñúü¿¡", encodings: western },
  { name: "Portuguese", letters: "ãçéáíóêõâúàô", encodings: western },
  { name: "Italian", letters: "àèòùéì", encodings: western },
  { name: "Catalan", letters: "óàèéíçòúï·ü", encodings: western },
  { name: "Swedish, Finnish", letters: "äöåé", encodings: western },
  { name: "Danish, Norwegian", letters: "åøæéö", encodings: western },
  { name: "Icelandic", letters: "ðáíóéþöúæý", encodings: western },
  { name: "Dutch", letters: "ëéïöü", encodings: western },
  { name: "Western names", letters: "éüöóáíñäçèåøúãôßêëîâæ", encodings: western },
  { name: "Czech", letters: "íáěéřžýčšůúňóťď", encodings: central },
  { name: "Slovak", letters: "áíčéúžýšľťôóňäďĺŕ", encodings: central },
  { name: "Polish", letters: "łóążęśćńź", encodings: central },
  { name: "Hungarian", letters: "áéöóőüíúű", encodings: central },
  { name: "Croatian, Slovene", letters: "čšžćđ", encodings: central },
  { name: "Romanian", letters: "ăîţâş", encodings: central },
  { name: "Central European names", letters: "áíéöóüčšžłýőřěćúâşţńąęđß", encodings: central },
  { name: "Russian", letters: "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", encodings: cyrillic },
  { name: "Ukrainian", letters: "оанівритеслкудпмьзяйбгчюхцжщшїєфґ’", encodings: ["windows-1251"] },
  { name: "Bulgarian", letters: "аиоентрсвлдпмкъгзяубчщцжшхйюфь", encodings: ["windows-1251"] },
  { name: "Greek", letters: "αοιετσνηυρπκμλςωόίάγέδήθχύφβώξζψϊ", encodings: ["windows-1253"] },
  { name: "Turkish", letters: "ışüğçöİâî", encodings: ["windows-1254"] },
]

/** Symbols that texts of any language contain, most frequent first. */
export const commonSymbols = "’–“”…°€—‘„²§£«»®©™•½±·×µº³¼¾ª¢¥¹№\u00a0"
