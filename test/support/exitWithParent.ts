/**
 * Preloaded into the processes that tests start: their standard input is a pipe from the test run, which closes when
 * the run ends, however it ends. They are not asked to stop in good order, since nobody waits for them any more.
 */
process.stdin.on("close", () => process.kill(process.pid, "SIGKILL"))
process.stdin.resume()
process.stdin.unref()
