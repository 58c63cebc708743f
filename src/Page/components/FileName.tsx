import { fileNameOf, shorten } from "../format/shorten.ts"

/** The name of a file and its host, cut in their middles. The whole URL is in the title. */
export const FileName = ({ fileUrl }: { readonly fileUrl: string }) => {
  const host = fileUrl.startsWith("upload:") ? "uploaded" : (URL.parse(fileUrl)?.host ?? "")
  return (
    <span title={fileUrl}>
      {shorten(fileNameOf(fileUrl), 36)}
      {host === "" ? null : <span className="muted file-host">{shorten(host, 36)}</span>}
    </span>
  )
}
