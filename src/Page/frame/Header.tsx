import { forgetKey, useHasKey } from "../client/http/apiKey.ts"
import { switchTheme, useTheme } from "../look/theme.ts"
import { Link } from "../navigation/Link.tsx"
import { linkTo, usePlace } from "../navigation/place.ts"
import { Icon } from "../components/Icon.tsx"

/** A screen that the header links to. */
export interface MainScreen {
  readonly path: string
  readonly label: string
}

/** Screens without a link in the header, and the one that they belong to. */
const parents: Readonly<Record<string, string>> = { preview: "", job: "jobs" }

const ThemeSwitch = () => {
  const theme = useTheme()
  const other = theme === "dark" ? "light" : "dark"
  return (
    <button type="button" className="button plain" aria-label={`Use ${other} colours`} onClick={switchTheme}>
      <Icon name={other} />
    </button>
  )
}

const forget = () => {
  forgetKey()
  location.reload()
}

/** The links to the screens, and the settings of this browser. */
export const Header = ({ screens }: { readonly screens: ReadonlyArray<MainScreen> }) => {
  const [screen = ""] = usePlace().path
  const hasKey = useHasKey()
  return (
    <header className="bar">
      <Link href={linkTo([])} className="brand">
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="6" fill="#1d6fa5" />
          <path d="M6 9h20M6 16h20M6 23h20M13 9v14" stroke="#fff" strokeWidth="2.5" />
        </svg>
        Sluice
      </Link>
      <nav aria-label="Screens">
        {screens.map(({ label, path }) => (
          <Link
            key={path}
            href={linkTo(path === "" ? [] : [path])}
            aria-current={(parents[screen] ?? screen) === path ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className="bar-end">
        {hasKey ? (
          <button type="button" className="button plain small" onClick={forget}>
            Forget API key
          </button>
        ) : null}
        <a className="button plain small" href="docs">
          API
        </a>
        <ThemeSwitch />
      </div>
    </header>
  )
}
