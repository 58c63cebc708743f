import { assert, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { chmod, lstat, readdir, readFile, symlink, writeFile as write } from "node:fs/promises"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { writeFile } from "../../src/Cli/commands/rows/writeFile.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const bytes = (...texts: ReadonlyArray<string>) => Stream.encodeText(Stream.make(...texts))
const text = (path: string) => Effect.promise(() => readFile(path, "utf8"))
const names = (folder: string) => Effect.promise(() => readdir(folder))

it.effect("a file appears complete, also if two exports write it at the same time", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = join(folder, "a.csv")
    const started = yield* Deferred.make<void>()
    const finish = yield* Deferred.make<void>()
    const begin = Stream.fromEffectDrain(Deferred.succeed(started, undefined))
    const pause = Stream.fromEffectDrain(Deferred.await(finish))
    const slow = yield* Effect.forkChild(
      writeFile(
        path,
        bytes("1\n").pipe(Stream.concat(begin), Stream.concat(pause), Stream.concat(bytes("2\n"))),
      ),
    )
    yield* Deferred.await(started)
    yield* writeFile(path, bytes("3\n"))
    assert.strictEqual(yield* text(path), "3\n")
    yield* Deferred.succeed(finish, undefined)
    yield* Fiber.join(slow)
    assert.strictEqual(yield* text(path), "1\n2\n")
    assert.deepStrictEqual(yield* names(folder), ["a.csv"])
  }).pipe(Effect.provide(NodeServices.layer)),
)

it.effect("an export that breaks off changes none of the user's files", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = join(folder, "a.csv")
    yield* Effect.promise(() => Promise.all([write(path, "old"), write(`${path}.part`, "mine")]))
    const failed = yield* Effect.flip(writeFile(path, Stream.concat(bytes("1\n"), Stream.fail("broken"))))
    assert.strictEqual(failed.exit, "unavailable")
    assert.deepStrictEqual(yield* Effect.all([text(path), text(`${path}.part`)]), ["old", "mine"])
    assert.deepStrictEqual((yield* names(folder)).toSorted(), ["a.csv", "a.csv.part"])
    const nowhere = yield* Effect.flip(writeFile(join(folder, "none", "a.csv"), bytes("1\n")))
    assert.strictEqual(nowhere.exit, "usage")
    assert.match(
      nowhere.message,
      /a\.csv cannot be written: no such file or directory\. Make its folder first/,
    )
    const full = yield* Effect.flip(writeFile("/dev/full", bytes("1\n")))
    assert.strictEqual(full.exit, "io_failed")
    assert.strictEqual(
      full.message,
      "/dev/full cannot be written: no space left on device. Free some space there, or write to another place.",
    )
  }).pipe(Effect.provide(NodeServices.layer)),
)

it.effect("a symbolic link or a pipe stays one, and a file keeps its permissions", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const [file, link, early, loop] = ["file", "link", "early", "loop"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ]
    yield* Effect.promise(async () => {
      await write(file, "old")
      await chmod(file, 0o600)
      await symlink("file", link)
      await symlink("later", early)
      await symlink("loop", loop)
    })
    yield* writeFile(link, bytes("new"))
    assert.strictEqual(yield* text(file), "new")
    assert.strictEqual((yield* Effect.promise(() => lstat(file))).mode & 0o777, 0o600)
    yield* writeFile(early, bytes("made"))
    assert.strictEqual(yield* text(join(folder, "later")), "made")
    for (const path of [link, early])
      assert.isTrue((yield* Effect.promise(() => lstat(path))).isSymbolicLink(), path)
    assert.strictEqual((yield* Effect.flip(writeFile(loop, bytes("1")))).exit, "usage")
    yield* writeFile("/dev/null", bytes("1"))
    const pipe = join(folder, "pipe")
    execFileSync("mkfifo", [pipe])
    const piped = yield* Effect.all([text(pipe), writeFile(pipe, bytes("1", "2"))], { concurrency: 2 })
    assert.strictEqual(piped[0], "12")
    assert.strictEqual((yield* names(folder)).length, 6)
  }).pipe(Effect.provide(NodeServices.layer)),
)
