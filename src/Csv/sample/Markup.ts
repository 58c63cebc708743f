/** Blanks and comments, which may precede markup. A comment may be longer than the text. */
const beforeMarkup = /^(?:\s|<!--(?:(?!-->)[^])*(?:-->|$))+/

const htmlStart = /^<(?:!doctype\s+html|html)[\s>]/i

/** Elements with which fragments of web pages start. */
const htmlElement =
  /^<(?:head|body|title|meta|link|base|style|script|noscript|iframe|div|span|p|br|hr|h[1-6]|a|b|i|u|em|strong|font|center|small|pre|code|img|form|input|label|button|table|thead|tbody|tr|td|th|ul|ol|li|dl|section|article|header|footer|main|nav|svg)(?:\s[^<>]*)?\/?>/i

const xmlStart = /^<(?:\?xml\s|!doctype\s+\w)/i

/** An element directly inside another. Column names may be in such brackets too (`<DATE>`), but have no closing tag. */
const nestedElement = /^<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*</i
const closingTag = /<\/|\/>/

/** A first tag, or a first element on one line, that ends before a delimiter: a cell. */
const cell = /^<([^\s<>]+)(?:\s[^<>]*)?>(?:[^\r\n]*?<\/\1>)?["']?[,;\t|]/

/** A whole text that is one element without elements inside, with an attribute, a text or both. */
const loneElement = /^<([a-z_][\w:.-]*)(?:\s[^<>]*)?(?:\/>|>[^<>]*<\/\1>)\s*$/i

/** A whole text of one line with a link, such as the body of a redirect. */
const lineWithLink = /^[^\r\n]*<a\s+href\s*=[^\r\n]*[\r\n]*$/i

const widthOf = (line: string, delimiter: string): number => line.split(delimiter).length

/** This many lines with the same number of delimiters are a table. */
const enoughLines = 3

/** Whether all lines have as many delimiters of one kind, and some. The last line may be cut. */
const isTable = (text: string): boolean => {
  const lines = text.split(/\r\n?|\n/).filter((line) => line !== "")
  const whole = lines.length > enoughLines ? lines.slice(0, -1) : lines
  return (
    whole.length >= enoughLines &&
    [",", ";", "\t", "|"].some((delimiter) => {
      const width = widthOf(whole[0]!, delimiter)
      return width > 1 && whole.every((line) => widthOf(line, delimiter) === width)
    })
  )
}

/**
 * Recognises HTML and XML documents, and fragments of them. A table may have markup in its cells.
 *
 * @param text the beginning of the file
 * @returns `null` if the text may be CSV
 */
export const markupOf = (text: string, contentType: string | null): "html" | "xml" | null => {
  const rest = text.replace(beforeMarkup, "")
  const declared = (type: RegExp): boolean => type.test(contentType ?? "")
  const isOnlyComments = rest === "" && text.includes("<!--")
  if (htmlStart.test(rest) || isOnlyComments) return "html"
  if (xmlStart.test(rest)) return "xml"
  if (lineWithLink.test(rest)) return "html"
  if (!rest.startsWith("<")) return null
  if (declared(/^\s*text\/html\b/i)) return "html"
  if (declared(/^\s*[\w.-]+\/(?:[\w.+-]*\+)?xml\b/i)) return "xml"
  if (cell.test(rest) || isTable(rest)) return null
  const hasClosingTag = closingTag.test(rest)
  if (htmlElement.test(rest) && (hasClosingTag || /^<(?:br|hr|meta|link|base)\b/i.test(rest))) return "html"
  if (loneElement.test(rest)) return "xml"
  return hasClosingTag && nestedElement.test(rest) ? "xml" : null
}
