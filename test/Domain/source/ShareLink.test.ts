import { assert, describe, it } from "@effect/vitest"
import { fileOfShareLink } from "../../../src/Domain/source/ShareLink.ts"

const sheet = "https://docs.google.com/spreadsheets/d/1aB-c_D"
const published = "https://docs.google.com/spreadsheets/d/e/2PACX-1v"
const drive = "https://drive.usercontent.google.com/download?id=1aB&export=download&confirm=t"

const files: Readonly<Record<string, string>> = {
  [`${sheet}/edit?usp=sharing`]: `${sheet}/export?format=csv`,
  [`${sheet}/edit#gid=12`]: `${sheet}/export?format=csv&gid=12`,
  [`${sheet}/edit?gid=12#gid=12`]: `${sheet}/export?gid=12&format=csv`,
  [`${sheet}/edit?gid=12&resourcekey=k#gid=7&range=A1`]: `${sheet}/export?gid=7&resourcekey=k&format=csv`,
  [sheet]: `${sheet}/export?format=csv`,
  [`${sheet}/`]: `${sheet}/export?format=csv`,
  [`${sheet}/htmlview`]: `${sheet}/export?format=csv`,
  "https://docs.google.com/spreadsheets/u/1/d/1aB/view":
    "https://docs.google.com/spreadsheets/u/1/d/1aB/export?format=csv",
  [`${published}/pubhtml`]: `${published}/pub?output=csv`,
  [`${published}/pubhtml?gid=5&single=true&widget=true&headers=false`]: `${published}/pub?gid=5&single=true&output=csv`,
  "https://drive.google.com/file/d/1aB/view?usp=sharing": drive,
  "https://drive.google.com/file/d/1aB/view?resourcekey=0-x": `${drive}&resourcekey=0-x`,
  "https://drive.google.com/open?id=1aB": drive,
  "https://drive.google.com/uc?export=download&id=1aB": drive,
  "https://www.dropbox.com/s/abc/sales.csv?dl=0": "https://www.dropbox.com/s/abc/sales.csv?dl=1",
  "https://www.dropbox.com/scl/fi/abc/sales.csv?rlkey=k&st=s":
    "https://www.dropbox.com/scl/fi/abc/sales.csv?rlkey=k&st=s&dl=1",
  "https://1drv.ms/u/s!Ab-c_D?e=x": "https://api.onedrive.com/v1.0/shares/s!Ab-c_D/root/content",
  "https://1drv.ms/x/c/0123/IQ-a?e=x": "https://1drv.ms/x/c/0123/IQ-a?e=x&download=1",
  "https://onedrive.live.com/embed?resid=A%211&authkey=%21B":
    "https://onedrive.live.com/download?resid=A%211&authkey=%21B",
  "https://onedrive.live.com/?resid=A%211": "https://onedrive.live.com/download?resid=A%211",
  "https://x-my.sharepoint.com/:x:/g/personal/a/Eb?e=y":
    "https://x-my.sharepoint.com/:x:/g/personal/a/Eb?e=y&download=1",
  "https://github.com/o/r/blob/main/a/b%20c.csv": "https://github.com/o/r/raw/main/a/b%20c.csv",
  "https://gist.github.com/o/0123456789abcdef0123456789abcdef#file-a-csv":
    "https://gist.github.com/o/0123456789abcdef0123456789abcdef/raw",
  "https://gitlab.com/g/s/p/-/blob/main/a/b.csv?ref_type=heads":
    "https://gitlab.com/g/s/p/-/raw/main/a/b.csv?ref_type=heads",
  "https://git.example.org/g/p/-/blame/main/a.csv": "https://git.example.org/g/p/-/raw/main/a.csv",
  "https://bitbucket.org/o/r/src/main/a/b.csv": "https://bitbucket.org/o/r/raw/main/a/b.csv",
  "https://codeberg.org/o/r/src/branch/main/a.csv": "https://codeberg.org/o/r/raw/branch/main/a.csv",
  "https://huggingface.co/datasets/o/d/blob/main/a.csv":
    "https://huggingface.co/datasets/o/d/resolve/main/a.csv",
  "http://github.com/o/r/blob/v1/a.csv?plain=1#L3": "http://github.com/o/r/raw/v1/a.csv?plain=1",
}

describe("a share link", () => {
  it.each(Object.entries(files))("means a file: %s", (page, file) => {
    assert.strictEqual(fileOfShareLink(page), file)
    assert.strictEqual(fileOfShareLink(file), null, "the file itself")
  })

  it.each([
    "https://example.org/spreadsheets/d/1aB/edit",
    "https://docs.google.com/document/d/1aB/edit",
    `${sheet}/gviz/tq?tqx=out:csv`,
    `${published}/pub?output=tsv`,
    "https://drive.google.com/drive/folders/1aB",
    "https://drive.google.com/open",
    "https://www.dropbox.com/s/abc/sales.csv?raw=1",
    "https://www.dropbox.com/sh/abc/def?dl=0",
    "https://www.dropbox.com/scl/fo/abc/def?dl=0",
    "https://1drv.ms/f/s!Ab",
    "https://x.sharepoint.com/:f:/g/personal/a/Eb",
    "https://x.sharepoint.com/sites/a/sales.csv",
    "https://evil.example/github.com/o/r/blob/main/a.csv",
    "https://github.com.evil.example/o/r/blob/main/a.csv",
    "https://github.com/o/r/tree/main/a",
    "https://gitlab.com/g/p/-/tree/main/a",
    "https://bitbucket.org/o/r/src/main/",
    "https://codeberg.org/o/r/src/main.csv",
    "https://huggingface.co/datasets/o/d/tree/main",
    "https://gist.github.com/o",
    "https://github.com/o/r/releases/download/v1/a.csv",
    "https://raw.githubusercontent.com/o/r/main/a.csv",
    "not a URL",
  ])("is none: %s", (url) => assert.strictEqual(fileOfShareLink(url), null))
})
