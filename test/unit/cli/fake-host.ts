/** A command line without a process: what goes in is given, what comes out is kept. */
import { PassThrough } from "node:stream";
import type { CliHost } from "../../../electron/cli/context.ts";
import type { ExitCode } from "../../../electron/cli/exit-codes.ts";
import { runCli, type CommandBodies } from "../../../electron/cli/program.ts";

export interface FakeHost extends CliHost {
  readonly controller: AbortController;
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly out: () => string;
  readonly err: () => string;
}

export function createFakeHost(options: { env?: Record<string, string>; stdin?: string | Buffer; terminal?: boolean } = {}): FakeHost {
  const controller = new AbortController();
  const stream = (): { stream: PassThrough & { isTTY: boolean }; text: () => string } => {
    const chunks: string[] = [];
    const passThrough = Object.assign(new PassThrough(), { isTTY: options.terminal ?? false });
    passThrough.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    return { stream: passThrough, text: () => chunks.join("") };
  };
  const stdout = stream();
  const stderr = stream();
  const stdin = Object.assign(new PassThrough(), { isTTY: options.terminal ?? false });
  if (options.stdin !== undefined) stdin.end(options.stdin);
  return { env: options.env ?? {}, stdin, stdout: stdout.stream, stderr: stderr.stream, signal: controller.signal, controller, out: stdout.text, err: stderr.text };
}

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

export async function run(argv: readonly string[], bodies: CommandBodies, host: FakeHost = createFakeHost()): Promise<CliRun> {
  const exitCode = await runCli(argv, host, bodies);
  // Streams hand their data over in a later turn.
  await new Promise(setImmediate);
  return { exitCode, out: host.out(), err: host.err() };
}
