/** Ends the process, also while the Functions host handles `process.exit` as a call of the app. */
export const exitProcess: (code: number) => never = process.exit.bind(process);
