import { Component, type ReactNode, Suspense, useEffect } from "react"
import { Header } from "./frame/Header.tsx"
import { KeyPrompt } from "./frame/KeyPrompt.tsx"
import { UploadStrip } from "./frame/UploadStrip.tsx"
import { Notice } from "./components/notices/Notice.tsx"
import { Link } from "./navigation/Link.tsx"
import { linkTo, usePlace } from "./navigation/place.ts"
import { useHeadingFocus } from "./navigation/useHeadingFocus.ts"
import { mainScreens, screens } from "./screens.ts"

const UnknownScreen = () => (
  <div className="empty">
    <h1>There is no such screen</h1>
    <p>
      The link may be cut. Go to <Link href={linkTo([])}>Load</Link>.
    </p>
  </div>
)

/** Shows a bug of the page instead of an empty one. */
class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state = { message: null }

  static getDerivedStateFromError(error: unknown) {
    return { message: String(error) }
  }

  override render() {
    const { message } = this.state
    if (message === null) return this.props.children
    return (
      <Notice tone="bad" title="This screen cannot be shown" isUrgent>
        <p>Jobs are not affected. Reload the page; if that does not help, report this:</p>
        <pre>{message}</pre>
        <div className="row">
          <button type="button" className="button small" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </Notice>
    )
  }
}

/** The whole page: the header, and the screen that the URL names. */
export const App = () => {
  const place = usePlace()
  const [name = ""] = place.path
  const screen = screens[name]
  const Screen = screen?.Screen ?? UnknownScreen
  useEffect(() => {
    document.title = screen === undefined ? "Sluice" : `${screen.title} · Sluice`
  }, [screen])
  const main = useHeadingFocus<HTMLElement>(place.path.join("/"))
  return (
    <>
      <Header screens={mainScreens} />
      <main ref={main}>
        <UploadStrip />
        <ErrorBoundary key={place.path.join("/")}>
          <Suspense fallback={<p className="muted">Loading this screen…</p>}>
            <Screen place={place} />
          </Suspense>
        </ErrorBoundary>
      </main>
      <KeyPrompt />
    </>
  )
}
