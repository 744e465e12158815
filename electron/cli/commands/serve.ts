/** `account-keeper serve`: the window in a browser, until Ctrl+C. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";

/** Exit code 130 when it was told to stop, 11 when another Account Keeper uses this data folder. */
export async function serve(context: CliContext, options: OptionsOf["serve"]): Promise<ExitCode> {
  const { output, signal, prompt, stdin, env } = context;
  // serve is the one command that is another host; loaded here, so that the other commands start without it.
  const [{ serveApp }, { hasDisplay, openBrowser }] = await Promise.all([import("../../web/serve-app.ts"), import("../../web/open-browser.ts")]);
  const host = await serveApp({ dataFolder: options.dataDir, port: options.port });
  try {
    const isAttended = prompt !== null;
    const shallOpen = options.open ?? (isAttended && hasDisplay(env));
    output.result({ url: host.url, port: host.port });
    output.say(`${shallOpen ? "Account Keeper opens in your browser" : "Open this link in a browser on this computer"}: ${host.url}`);
    output.note(`It lets one browser in, once. ${isAttended ? "Enter gives you another one, Ctrl+C ends Account Keeper." : "Ctrl+C ends Account Keeper."}`);
    const lines = isAttended ? createInterface({ input: stdin, terminal: false }) : null;
    lines?.on("line", () => output.say(`Another link: ${host.createLink()}`));
    // A link of its own: the printed one stays good for another browser.
    const opening = shallOpen ? openBrowser(host.createLink("opened"), env) : Promise.resolve(true);
    void opening.then((opened) => {
      if (!opened && !signal.aborted) output.note("No browser opened. Open the link yourself.");
    });
    if (!signal.aborted) await once(signal, "abort");
    lines?.close();
  } finally {
    await host.close();
  }
  output.say("Account Keeper has ended.");
  return exitCodes.cancelled;
}
