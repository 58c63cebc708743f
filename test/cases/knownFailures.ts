/** Cases that are not read as expected, by kind. Each is asserted to fail, so that a fix removes it here. */
export const knownFailures: Readonly<Record<string, ReadonlyArray<string>>> = {}
