/** `Content-Disposition` for a file with any name (RFC 6266 §5). */
export const attachment = (fileName: string): string => {
  const plain = fileName.replaceAll(/[^\w.\- ]/g, "_")
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return plain === fileName
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
