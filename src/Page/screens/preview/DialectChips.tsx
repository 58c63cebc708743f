import { encodings } from "virtual:load-options"
import type { Preview } from "../../client/preview.ts"
import { delimiterName } from "../../format/delimiterName.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"

interface Chip {
  readonly option: string
  readonly label: string
  /** What was detected, in words; `null` if the file could not be read. */
  readonly found: string | null
  readonly choices: ReadonlyArray<readonly [value: string, words: string]>
}

const same = (values: ReadonlyArray<string>) => values.map((value) => [value, value] as const)

const headerOf = ({ dialect }: Preview): string => {
  if (!dialect.hasHeader) return "none"
  const rows = dialect.headerRows ?? 1
  return rows === 1 ? "first record" : `first ${rows} records`
}

const chipsOf = (preview: Preview | null): ReadonlyArray<Chip> => [
  {
    option: "delimiter",
    label: "Delimiter",
    found: preview === null ? null : delimiterName(preview.dialect.delimiter),
    choices: same(["comma", "semicolon", "tab", "pipe", "space", "none"]),
  },
  {
    option: "quote",
    label: "Quote",
    found: preview === null ? null : (preview.dialect.quote ?? "none"),
    choices: same(['"', "'", "none"]),
  },
  {
    option: "encoding",
    label: "Encoding",
    found: preview === null ? null : preview.encoding,
    choices: same(encodings),
  },
  {
    option: "header",
    label: "Header",
    found: preview === null ? null : headerOf(preview),
    choices: [
      ["true", "first record"],
      ["false", "none"],
      ["auto", "decide by the cells"],
    ],
  },
  {
    option: "skipLines",
    label: "Lines before it",
    found: preview === null ? null : String(preview.dialect.skippedLines),
    choices: same(Array.from({ length: 11 }, (_, index) => String(index))),
  },
  {
    option: "types",
    label: "Types",
    found: null,
    choices: [
      ["text", "all text"],
      ["infer", "infer exactly"],
      ["lenient", "infer leniently"],
    ],
  },
]

const ChipSelect = (props: {
  readonly chip: Chip
  readonly value: string
  readonly onChange: (value: string) => void
}) => {
  const { chip, onChange, value } = props
  const { choices, found, label, option } = chip
  const isKnown = choices.some(([choice]) => choice === value)
  return (
    <label className={`chip ${value === "" ? "" : "given"}`}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {option === "types" ? null : (
          <option value="">{found === null ? "detect" : value === "" ? found : `detect`}</option>
        )}
        {value === "" || isKnown ? null : <option value={value}>{value}</option>}
        {choices
          .filter(([, words]) => value !== "" || words !== found)
          .map(([choice, words]) => (
            <option key={choice} value={choice === "text" && option === "types" ? "" : choice}>
              {words}
            </option>
          ))}
      </select>
    </label>
  )
}

/** How the file was read. Each part can be changed, and the file is read again. */
export const DialectChips = (props: {
  readonly preview: Preview | null
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
}) => {
  const { onChange, options, preview } = props
  return (
    <div className="chips" role="group" aria-label="How the file is read">
      {chipsOf(preview).map((chip) => (
        <ChipSelect
          key={chip.option}
          chip={chip}
          value={options[chip.option] ?? ""}
          onChange={(value) => onChange({ ...options, [chip.option]: value })}
        />
      ))}
      {preview === null ? null : (
        <span className="chip fixed">
          <span>Compression</span> {preview.compression ?? "none"}
        </span>
      )}
    </div>
  )
}
