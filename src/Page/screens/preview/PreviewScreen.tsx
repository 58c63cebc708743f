import { useState } from "react"
import { chooseFile, chosenFile } from "../../client/tab/chosenFile.ts"
import { FileDrop } from "../../components/controls/FileDrop.tsx"
import { Notice } from "../../components/notices/Notice.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { fileNameOf } from "../../format/shorten.ts"
import { Link } from "../../navigation/Link.tsx"
import { kept, linkTo, type Place, replacePlace } from "../../navigation/place.ts"
import { headersIn, optionsIn, queryOf, type WrittenOptions } from "../../options/LoadForm.ts"
import { FilePreview } from "./FilePreview.tsx"
import type { PreviewedFile } from "./PreviewedFile.ts"
import "./preview.css"

/** A link of another site must not make the service fetch a file before its user has agreed. */
const Confirmation = ({ fileUrl, onAgree }: { readonly fileUrl: string; readonly onAgree: () => void }) => (
  <Notice tone="warn" title="Read this file?">
    <p>This page was opened by a link. Sluice will request the file from its server:</p>
    <p className="mono">{fileUrl}</p>
    <div className="row">
      <button type="button" className="button primary" onClick={onAgree}>
        Read it
      </button>
    </div>
  </Notice>
)

/** Shows how a file would be read, before anything is loaded. */
export const PreviewScreen = ({ place }: { readonly place: Place }) => {
  const { path, query } = place
  const [isAgreed, setIsAgreed] = useState(kept() !== null)
  const fileUrl = query.get("fileUrl")
  const name = query.get("file")
  const options = optionsIn(query, kept()?.headers)
  const back = linkTo([], queryOf(fileUrl === null ? {} : { fileUrl }, options))

  const source = fileUrl === null ? { file: name ?? "" } : { fileUrl }
  const apply = (next: WrittenOptions) =>
    replacePlace(linkTo(path, queryOf(source, next)), { headers: headersIn(next) })

  const file = name === null ? null : chosenFile(name)
  const previewed: PreviewedFile | null = fileUrl !== null ? { fileUrl } : file === null ? null : { file }

  return (
    <div className="stack wide-stack">
      <div className="stack preview-title">
        <p>
          <Link href={back}>← Choose another file</Link>
        </p>
        <h1>{fileUrl === null ? (name ?? "No file") : fileNameOf(fileUrl)}</h1>
        {fileUrl === null ? null : (
          <p className="muted">
            <Shortened text={fileUrl} length={110} />
          </p>
        )}
      </div>
      {previewed === null ? (
        <>
          <Notice tone="idle" title="Choose the file again">
            <p>A reload of the page forgets files of your computer. Your options are still here.</p>
          </Notice>
          <FileDrop
            onFile={(again) => {
              chooseFile(again)
              replacePlace(linkTo(path, queryOf({ file: again.name }, options)), {
                headers: headersIn(options),
              })
            }}
          />
        </>
      ) : isAgreed || previewed.fileUrl === undefined ? (
        <FilePreview previewed={previewed} options={options} apply={apply} />
      ) : (
        <Confirmation
          fileUrl={previewed.fileUrl}
          onAgree={() => {
            apply(options)
            setIsAgreed(true)
          }}
        />
      )}
    </div>
  )
}
