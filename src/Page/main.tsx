import "../Bytes/exactJsonNames.ts"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App.tsx"
import { applyTheme } from "./look/theme.ts"
import "./look/tokens.css"
import "./look/base.css"
import "./look/layout.css"
import "./look/controls.css"
import "./look/states.css"
import "./look/table.css"

applyTheme()
const root = document.getElementById("page")
if (root === null) throw new Error("index.html has no element #page")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
