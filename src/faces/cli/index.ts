export type { DoctorCheck, FsckOutput, Home, House, LogDoor, PersonOutput, ScanOutput } from './house.ts'
export { type CliProcess, runCli } from './run-cli.ts'
