import { counted } from "../format/numbers.ts"
import { fileNameOf, isUpload, shorten } from "../format/shorten.ts"

/** The name of a file and its host, cut in their middles. The whole URL is in the title. `others` is the number of further files. */
export const FileName = ({ fileUrl, others = 0 }: { readonly fileUrl: string; readonly others?: number }) => {
  const host = isUpload(fileUrl) ? "uploaded" : (URL.parse(fileUrl)?.host ?? "")
  return (
    <span title={fileUrl}>
      {shorten(fileNameOf(fileUrl), 36)}
      {host === "" ? null : <span className="muted file-host">{shorten(host, 36)}</span>}
      {others === 0 ? null : <span className="muted file-host">and {counted(others, "other file")}</span>}
    </span>
  )
}
