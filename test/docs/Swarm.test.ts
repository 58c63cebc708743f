import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"

/** A stack that runs already, was migrated after one failure, and is updated. The task after a failed one is first. */
const docker = `#!/bin/sh
case "$*" in
  "service ps"*--quiet*) printf 'migrated\\nfailed\\n' ;;
  "service ps"*)
    [ "$STATE" = Complete ] || echo "repeated Ready 1 second ago"
    echo "updated $STATE 1 second ago"
    printf 'migrated Complete 2 days ago\\nfailed Failed 2 days ago\\n'
    ;;
  "service logs"*) echo "a migration failed" ;;
  "stack deploy"*) echo deployed ;;
esac
`

describe("deploy/swarm/deploy.sh", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-swarm-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, "docker"), docker, { mode: 0o755 })

  /** Upgrades to an image whose migration ends in this state. */
  const upgrade = (state: string) => {
    const { PATH = "" } = process.env
    const env = {
      PATH: `${folder}:${PATH}`,
      SECRETS: join(folder, "secrets"),
      STATE: state,
    }
    return spawnSync("bash", ["deploy/swarm/deploy.sh", "sluice:1.1.0"], {
      env,
      encoding: "utf8",
      timeout: 20_000,
    })
  }

  it("upgrades API and workers once the database is migrated", () => {
    const { status, stdout } = upgrade("Complete")
    assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: "deployed\n" })
  })

  it("leaves API and workers as they are if the migration fails, and shows its log", () => {
    const { status, stderr, stdout } = upgrade("Failed")
    assert.deepStrictEqual({ status, stdout }, { status: 1, stdout: "" })
    assert.match(stderr, /a migration failed\n.*have not been changed/)
  })
})
