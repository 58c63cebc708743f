/** A kind of page that shows a file, and the URL of the file itself. */
interface Rule {
  readonly host: RegExp
  readonly path: RegExp
  /** Changes a copy of the page's URL, or returns another URL. `null`: the URL is no page, or no single file. */
  readonly fileOf: (page: URL, match: ReadonlyArray<string>) => URL | null
}

const withPath = (url: URL, path: string): URL => {
  url.pathname = path
  return url
}

/** Sets parameters; the others stay. */
const withQuery = (url: URL, parameters: Readonly<Record<string, string | null>>): URL => {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url
}

const driveFile = (page: URL, id: string | null): URL | null => {
  if (id === null) return null
  const key = page.searchParams.get("resourcekey")
  // `confirm` skips the page that large files show instead, because Google has not scanned them for viruses.
  return withQuery(new URL("https://drive.usercontent.google.com/download"), {
    id,
    export: "download",
    confirm: "t",
    resourcekey: key,
  })
}

const rules: ReadonlyArray<Rule> = [
  // Google Sheets: the open sheet of a spreadsheet, by default the first.
  {
    host: /^docs\.google\.com$/,
    path: /^((?:\/a\/[^/]+)?\/spreadsheets(?:\/u\/\d+)?\/d\/(?!e\/)[\w-]+)(?:\/(?:edit|view|htmlview|preview)?)?$/,
    fileOf: (page, [, spreadsheet]) => {
      const gid = /(?:^#|&)gid=(\d+)/.exec(page.hash)?.[1] ?? page.searchParams.get("gid")
      return withQuery(withPath(page, `${spreadsheet}/export`), { usp: null, format: "csv", gid })
    },
  },
  // Google Sheets, published to the web.
  {
    host: /^docs\.google\.com$/,
    path: /^(\/spreadsheets\/d\/e\/[\w-]+)\/pub(?:html)?$/,
    fileOf: (page, [, spreadsheet]) =>
      page.searchParams.has("output")
        ? null
        : withQuery(withPath(page, `${spreadsheet}/pub`), { widget: null, headers: null, output: "csv" }),
  },
  // Google Drive.
  {
    host: /^drive\.google\.com$/,
    path: /^\/file(?:\/u\/\d+)?\/d\/([\w-]+)(?:\/(?:view|edit|preview)?)?$/,
    fileOf: (page, [, id = null]) => driveFile(page, id),
  },
  {
    host: /^drive\.google\.com$/,
    path: /^(?:\/u\/\d+)?\/(?:open|uc)$/,
    fileOf: (page) => driveFile(page, page.searchParams.get("id")),
  },
  // Dropbox. Links of folders are other paths.
  {
    host: /^(?:www\.)?dropbox\.com$/,
    path: /^\/(?:s|scl\/fi)\/[^/]+\/[^/]+$/,
    fileOf: (page) =>
      page.searchParams.has("raw") || page.searchParams.get("dl") === "1"
        ? null
        : withQuery(page, { dl: "1" }),
  },
  // OneDrive: short links, old and new, and the pages to which they lead.
  {
    host: /^1drv\.ms$/,
    path: /^\/(?!f\/)\w\/(s![\w-]+)$/,
    fileOf: (_, [, token]) => new URL(`https://api.onedrive.com/v1.0/shares/${token}/root/content`),
  },
  {
    host: /^1drv\.ms$/,
    path: /^\/(?!f\/)\w\/c\/[^/]+\/[^/]+$/,
    fileOf: (page) => (page.searchParams.has("download") ? null : withQuery(page, { download: "1" })),
  },
  {
    host: /^onedrive\.live\.com$/,
    path: /^\/(?:redir|embed|view\.aspx|edit\.aspx)?$/,
    fileOf: (page) => (page.searchParams.has("resid") ? withPath(page, "/download") : null),
  },
  // OneDrive for work, and SharePoint. `:f:` is a folder.
  {
    host: /\.sharepoint\.com$/,
    path: /^\/:(?!f:)\w:\/[^/]+\/.+$/,
    fileOf: (page) => (page.searchParams.has("download") ? null : withQuery(page, { download: "1" })),
  },
  // GitHub. Its own redirect from `raw` also finds files in Git LFS.
  {
    host: /^(?:www\.)?github\.com$/,
    path: /^(\/[^/]+\/[^/]+\/)(?:blob|blame)(\/.+)$/,
    fileOf: (page, [, repository, file]) => withPath(page, `${repository}raw${file}`),
  },
  {
    host: /^gist\.github\.com$/,
    path: /^(\/[\w-]+\/[\da-f]{20,})$/,
    fileOf: (page, [, gist]) => withPath(page, `${gist}/raw`),
  },
  // GitLab, also self-managed: no other site has such a path.
  {
    host: /./,
    path: /^(\/.+\/-\/)(?:blob|blame)(\/.+)$/,
    fileOf: (page, [, project, file]) => withPath(page, `${project}raw${file}`),
  },
  {
    host: /^bitbucket\.org$/,
    path: /^(\/[^/]+\/[^/]+\/)src(\/[^/]+\/.+)$/,
    fileOf: (page, [, repository, file]) => withPath(page, `${repository}raw${file}`),
  },
  {
    host: /^codeberg\.org$/,
    path: /^(\/[^/]+\/[^/]+\/)src(\/(?:branch|tag|commit)\/.+)$/,
    fileOf: (page, [, repository, file]) => withPath(page, `${repository}raw${file}`),
  },
  {
    host: /^huggingface\.co$/,
    path: /^(\/(?:(?:datasets|spaces)\/)?[^/]+\/[^/]+\/)blob(\/.+)$/,
    fileOf: (page, [, repository, file]) => withPath(page, `${repository}resolve${file}`),
  },
]

/**
 * The URL of the file that a share link means: of Google Sheets and Drive, Dropbox, OneDrive, SharePoint, GitHub, GitLab,
 * Bitbucket, Codeberg or Hugging Face, whose share links lead to pages. `null` for any other URL.
 */
export const fileOfShareLink = (text: string): string | null => {
  const url = URL.parse(text)
  if (url === null) return null
  for (const { fileOf, host, path } of rules) {
    const match = host.test(url.hostname) ? path.exec(url.pathname) : null
    if (match === null) continue
    const file = fileOf(new URL(url), match)
    if (file === null) return null
    file.hash = ""
    return file.href
  }
  return null
}
