/** Romanian in encodings that have cedillas instead of commas below. */
export const cedillas = (text: string): string =>
  text.replace(/[șȘțȚ]/g, (letter) => "şŞţŢ"["șȘțȚ".indexOf(letter)]!)

/** Persian in encodings that have only the letters of Arabic, and some of Persian. */
export const persianInArabicLetters = (text: string): string =>
  text.replaceAll("ی", "ي").replaceAll("ک", "ك").replaceAll("\u200c", "")

/** Vietnamese in windows-1258, which has tone marks that follow the vowels. */
export const toneMarks = (text: string): string =>
  text.normalize("NFD").replace(/(\p{L})([\u0300-\u036f]+)/gu, (_, base: string, marks: string) => {
    const tone = marks.replace(/[\u0302\u0306\u031b]/g, "")
    return (base + marks.replace(/[\u0300\u0301\u0303\u0309\u0323]/g, "")).normalize("NFC") + tone
  })
