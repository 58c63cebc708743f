/**
 * Preloaded by `npm start`. Ends with one sentence where the program itself would end with a stack trace: on a Node that
 * is too old, and without installed dependencies. Runs on any Node, hence CommonJS without newer syntax.
 */
var fs = require("fs")
var path = require("path")

var root = path.join(__dirname, "..")
var required = 24
var major = Number(process.versions.node.split(".")[0])

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}

if (!fs.existsSync(path.join(root, "node_modules", "effect"))) {
  stop("Sluice is not installed yet. Run `npm ci` in " + root + " first.")
} else if (major < required) {
  stop(
    "Sluice needs Node " +
      required +
      ", and this is Node " +
      process.versions.node +
      ". `npm ci` installs the right one on Linux and Windows, unless it runs with --omit=optional; elsewhere install Node " +
      required +
      " yourself.",
  )
}
