import { type FormEvent, useState } from "react"
import { chooseFile } from "../../client/tab/chosenFile.ts"
import { wrongUrl } from "../../format/wrongUrl.ts"
import { goTo, kept, linkTo, type Place, replacePlace } from "../../navigation/place.ts"
import { headersIn, optionsIn, queryOf, type WrittenOptions } from "../../options/LoadForm.ts"
import { OptionsPanel } from "../../options/OptionsPanel.tsx"
import { FileDrop } from "../../components/controls/FileDrop.tsx"
import { UrlField } from "./UrlField.tsx"
import sample from "../../../../fileserver/files_to_serve/tripsdata.csv?raw"
import "./load.css"

/** The file of the sample file server, which not every service has. */
const sampleFile = () => new File([sample], "tripsdata.csv", { type: "text/csv" })

/** Takes the URL of a file, or a file, and leads to its preview. */
export const LoadScreen = ({ place }: { readonly place: Place }) => {
  const [fileUrl, setFileUrl] = useState(place.query.get("fileUrl") ?? "")
  const [options, setOptions] = useState<WrittenOptions>(() => optionsIn(place.query, kept()?.headers))
  const [wrong, setWrong] = useState<string | null>(null)

  const preview = (file: Readonly<Record<string, string>>) => {
    const headers = { headers: headersIn(options) }
    // So that "back" returns to this form as it is.
    replacePlace(linkTo([], queryOf("fileUrl" in file ? file : {}, options)), headers)
    goTo(linkTo(["preview"], queryOf(file, options)), headers)
  }

  const previewUrl = (url: string) => {
    const complaint = wrongUrl(url)
    setWrong(complaint)
    if (complaint === null) preview({ fileUrl: url })
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    previewUrl(fileUrl.trim())
  }

  const drop = (file: File) => {
    chooseFile(file)
    preview({ file: file.name })
  }

  return (
    <div className="load-screen stack wide-stack">
      <div>
        <h1>Load a CSV file into Postgres</h1>
        <p className="muted">You see how the file is read before anything is loaded.</p>
      </div>
      <form className="stack" onSubmit={submit} noValidate>
        <UrlField
          value={fileUrl}
          wrong={wrong}
          onChange={(url) => {
            setFileUrl(url)
            setWrong(null)
          }}
        />
        <FileDrop onFile={drop} />
        <p className="muted">
          No file at hand?{" "}
          <button type="button" className="button text" onClick={() => drop(sampleFile())}>
            Try the sample file
          </button>
        </p>
        <OptionsPanel options={options} onChange={setOptions} />
        <div className="row">
          <button type="submit" className="button primary">
            Preview
          </button>
        </div>
      </form>
    </div>
  )
}
