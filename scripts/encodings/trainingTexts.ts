import { readFileSync } from "node:fs"
import { cedillas, persianInArabicLetters, toneMarks } from "./spellings.ts"

/** A language, the code of its texts, and the letters of its alphabet that short texts may lack. */
export interface TrainingLanguage {
  readonly name: string
  readonly code: string
  readonly letters?: string
  /** Changes a text to how the language is written in encodings that lack some of its characters. */
  readonly spelling?: (text: string) => string
}

export const trainingLanguages: ReadonlyArray<TrainingLanguage> = [
  { name: "English", code: "en" },
  { name: "German", code: "de", letters: "äöüß" },
  { name: "French", code: "fr", letters: "éèàêçôîûùâëïœüÿæ" },
  { name: "Spanish", code: "es", letters: "áéíóúñü" },
  { name: "Portuguese", code: "pt", letters: "ãçéáíóêõâúàôü" },
  { name: "Italian", code: "it", letters: "àèéìòù" },
  { name: "Catalan", code: "ca", letters: "àèéíïòóúüç" },
  { name: "Galician", code: "gl", letters: "áéíóúñü" },
  { name: "Basque", code: "eu", letters: "ñçü" },
  { name: "Dutch", code: "nl", letters: "ëéïöüèê" },
  { name: "Swedish", code: "sv", letters: "åäöé" },
  { name: "Finnish", code: "fi", letters: "åäö" },
  { name: "Danish", code: "da", letters: "åæøé" },
  { name: "Norwegian", code: "nb", letters: "åæøéòô" },
  { name: "Icelandic", code: "is", letters: "áæðéíóöþúý" },
  { name: "Faroese", code: "fo", letters: "áæðíóøúý" },
  { name: "Northern Sami", code: "se", letters: "áčđŋšŧžøåäö" },
  { name: "Irish", code: "ga", letters: "áéíóú" },
  { name: "Welsh", code: "cy", letters: "âêîôûŵŷïöëáéà" },
  { name: "Albanian", code: "sq", letters: "ëç" },
  { name: "Esperanto", code: "eo", letters: "ĉĝĥĵŝŭ" },
  { name: "Maltese", code: "mt", letters: "ċġħżàèìòù" },
  { name: "Turkish", code: "tr", letters: "ışüğçöâîû" },
  { name: "Estonian", code: "et", letters: "äõöüšž" },
  { name: "Latvian", code: "lv", letters: "āčēģīķļņšūž" },
  { name: "Lithuanian", code: "lt", letters: "ąčęėįšųūž" },
  { name: "Polish", code: "pl", letters: "ąćęłńóśźż" },
  { name: "Czech", code: "cs", letters: "áčďéěíňóřšťúůýž" },
  { name: "Slovak", code: "sk", letters: "áäčďéíĺľňóôŕšťúýž" },
  { name: "Hungarian", code: "hu", letters: "áéíóöőúüű" },
  { name: "Slovene", code: "sl", letters: "čšžćđ" },
  { name: "Croatian", code: "hr", letters: "čćđšž" },
  { name: "Serbian, Latin", code: "sr-Latn", letters: "čćđšž" },
  { name: "Romanian", code: "ro", letters: "ăâîșț" },
  { name: "Romanian, with cedillas", code: "ro", letters: "ăâîşţ", spelling: cedillas },
  { name: "Vietnamese", code: "vi", letters: "ăâđêôơư", spelling: toneMarks },
  { name: "Russian", code: "ru", letters: "ё" },
  { name: "Ukrainian", code: "uk", letters: "ґ" },
  { name: "Belarusian", code: "be", letters: "ўё" },
  { name: "Bulgarian", code: "bg" },
  { name: "Macedonian", code: "mk", letters: "ѓѕѝѐ" },
  { name: "Serbian", code: "sr" },
  { name: "Greek", code: "el", letters: "ϊϋΐΰ" },
  { name: "Hebrew", code: "he" },
  { name: "Arabic", code: "ar" },
  { name: "Persian", code: "fa", spelling: persianInArabicLetters },
  { name: "Thai", code: "th" },
]

/** Languages of which only the frequency of characters counts. */
export const ideographicLanguages: ReadonlyArray<TrainingLanguage> = [
  { name: "Japanese", code: "ja" },
  { name: "Simplified Chinese", code: "zh-Hans" },
  { name: "Traditional Chinese", code: "zh-Hant" },
  { name: "Korean", code: "ko" },
]

const letters = Array.from({ length: 26 }, (_, n) => String.fromCharCode(97 + n))
const codes = letters.flatMap((first) => letters.map((second) => first + second))

const unitNames = ["day", "kilometer", "liter", "percent", "hour", "gram", "degree", "year", "month", "week"]

/** Names in a language from the CLDR data of Node: countries, languages, currencies, cities, months, weekdays, units. */
const namesIn = (locale: string): ReadonlyArray<string> => {
  const displayed = (type: "region" | "language" | "currency" | "script", keys: ReadonlyArray<string>) => {
    const names = new Intl.DisplayNames(locale, { type, fallback: "none" })
    return keys.flatMap((key) => names.of(key) ?? [])
  }
  const dates = (["month", "weekday"] as const).flatMap((part) =>
    Array.from({ length: 12 }, (_, n) =>
      new Intl.DateTimeFormat(locale, { [part]: "long" }).format(new Date(2024, n, n + 1)),
    ),
  )
  const cities = Intl.supportedValuesOf("timeZone").map(
    (timeZone) =>
      new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "longGeneric" })
        .formatToParts(0)
        .find(({ type }) => type === "timeZoneName")!.value,
  )
  const units = unitNames.map((unit) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(5),
  )
  return [
    ...displayed(
      "region",
      codes.map((code) => code.toUpperCase()),
    ),
    ...displayed("language", codes),
    ...displayed("currency", Intl.supportedValuesOf("currency")),
    ...displayed("script", ["Latn", "Cyrl", "Grek", "Arab", "Hebr", "Hans", "Hant", "Jpan", "Kore", "Thai"]),
    ...cities,
    ...dates,
    ...units,
  ]
}

const hasLetters = /\p{L}/u

/**
 * The texts of a language: the Universal Declaration of Human Rights, and the names that CLDR has. Names that CLDR lacks
 * in a language come in English, and are left out.
 */
export const textOf = ({ code, spelling }: TrainingLanguage): string => {
  const prose = readFileSync(new URL(`udhr/${code}.txt`, import.meta.url), "utf8")
  const english = new Set(code === "en" ? [] : namesIn("en"))
  const names = Array.from(new Set(namesIn(code))).filter(
    (name) => hasLetters.test(name) && !english.has(name),
  )
  const text = `${prose}\n${names.join("\n")}\n`.normalize("NFC")
  return spelling === undefined ? text : spelling(text)
}
