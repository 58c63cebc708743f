import * as Data from "effect/Data"

/** The password is missing, or in a file that other users can read. `message` says what to do. */
export class PasswordUnusable extends Data.TaggedError("PasswordUnusable")<{ readonly message: string }> {}
