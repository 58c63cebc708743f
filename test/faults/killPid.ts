import { errorCode } from "../../src/Layers/embedded/EmbeddedPostgresError.ts"

/** Kills a process with SIGKILL, unless it has ended. */
export const killPid = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error
  }
}
