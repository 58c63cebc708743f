import { mostSimilar } from "../load/options/mostSimilar.ts"

/** What a text is instead of a URL, and what to give in its place. */
interface Mistake {
  readonly text: RegExp
  readonly advice: string
}

/** Loads a file that no server has. */
export const uploadCommand = "curl -T file.csv http://<this host>/upload/"
const sendFile = `Send the file to /upload (${uploadCommand})`
const localFile = `${sendFile}. Serve its folder over HTTP to have a URL; npm start and Compose serve fileserver/files_to_serve at http://localhost:8000/, or at the port of FILESERVER_PORT`
const path = `it looks like the path of a file. ${localFile}`

const notUrls: ReadonlyArray<Mistake> = [
  { text: /^["'`<\u2018\u201C]/, advice: "give it without the quotation mark or bracket" },
  // A drive or a network folder of Windows, a path, or a file name.
  { text: /^(?:[a-z]:[\\/]|\\\\|\/(?!\/)|~[\\/]|\.{1,2}[\\/])/i, advice: path },
  { text: /^[^/?#:@]+\.(?:csv|tsv|tab|txt|dat|gz|zst|bz2|xz|zip|xlsx?)$/i, advice: path },
  {
    text: /^https?(?:\/|;|:\/?[^/]|:?\s)/i,
    advice: "write http:// or https:// with a colon and two slashes",
  },
  // A host with a port, a name with dots, or two slashes and a host, all perhaps with a user.
  {
    text: /^(?:\/\/|(?:[^/?#@]*@)?(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\]):\d+(?:[/?#]|$)|(?:[^/?#@]*@)?[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)|localhost(?:[/?#]|$))/i,
    advice: "did you forget http:// or https:// at its beginning?",
  },
  { text: /^[^/?#:]+\//, advice: path },
]

const presigned = "Give an https URL that needs no login, such as a presigned one"
const overHttp = "Serve the file over HTTP"

const adviceBySchemes: ReadonlyArray<readonly [schemes: string, advice: string]> = [
  ["s3 s3a s3n", `${presigned} (aws s3 presign), or that of a public object`],
  ["gs gcs", `${presigned} (gcloud storage sign-url), or that of a public object`],
  ["az azure abfs abfss wasb wasbs adl", "Give the https URL of the blob with a SAS token"],
  ["r2 b2 oss cos obs minio swift dbfs hdfs webhdfs", presigned],
  ["ftp ftps sftp scp ssh smb cifs nfs rsync dav webdav", overHttp],
  ["file", localFile],
  ["data blob", sendFile],
]

const adviceOn = (scheme: string): string | undefined =>
  mostSimilar(scheme, ["http", "https"]) === undefined
    ? adviceBySchemes.find(([schemes]) => schemes.split(" ").includes(scheme))?.[1]
    : "Did you mean http or https?"

/** What is wrong with a text that is not an http or https URL, and what to give instead. It does not repeat the text. */
export const urlAdvice = (text: string): string => {
  const mistake = notUrls.find((candidate) => candidate.text.test(text))
  if (mistake !== undefined) return `fileUrl is not an absolute URL: ${mistake.advice}`
  const scheme = URL.parse(text)?.protocol.slice(0, -1)
  if (scheme === undefined) return "fileUrl is not an absolute URL such as https://example.org/file.csv"
  const advice = adviceOn(scheme)
  const known = `fileUrl has the scheme "${scheme}": only http and https can be fetched`
  return advice === undefined ? known : `${known}. ${advice}`
}
