/** `account-keeper variable --push` and `--check`: the variable as Render holds it. Its value is never said. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { checkHostVariable, holdsNobodyOnSite, setHostVariable, type HeldVariable } from "../../engine/redeploy/host-variable.ts";
import type { RenderService } from "../../engine/render/model.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { findService, withRender } from "../render-options.ts";
import { withSite } from "../site.ts";
import { countAccounts, leftOutOfVariable, shownIds } from "../words.ts";

/** Throws USAGE for options that only mean something with `--push` or `--check`. */
export function refuseHostOptions(options: OptionsOf["variable"]): void {
  const { service, renderKeyFile, out } = options;
  for (const [flag, value] of Object.entries({ "--service": service, "--render-key-file": renderKeyFile, "--out": out })) {
    if (value !== undefined) throw new KeeperError("USAGE", `${flag} does nothing here.`, { hint: "It goes with --push, which sets the variable at Render. See account-keeper variable --help." });
  }
}

/** Exit code 3 when records that are no accounts had to be left out. */
export async function pushVariable(context: CliContext, options: OptionsOf["variable"]): Promise<ExitCode> {
  const { output, signal, progress } = context;
  return await withRender(context, options, async (render) => {
    const service = await findService(context, options, render);
    const { set, address } = await withSite(context, options, async (site) => ({
      set: await setHostVariable({ render, serviceId: service.id, site }, { signal, onProgress: progress.onProgress }),
      address: site.site,
    }));
    const { accounts, length, checksum, leftOut, wasSet } = set;
    if (wasSet && options.out !== undefined) await noteActivity(options.out, address, words.variableSet(set));
    output.say(wasSet ? `${VARIABLE_NAME} is set for ${shown(service.name)} at Render and was read back. Nothing was deployed.` : `${shown(service.name)} at Render holds it already. Nothing was changed.`);
    output.say(`${countAccounts(accounts)}, ${grouped(length)} characters, checksum ${checksum}.`);
    if (leftOut > 0) output.say(leftOutOfVariable(leftOut));
    output.result({ outcome: wasSet ? "set" : "was_current", service: forMachines(service), accounts, length, checksum, left_out: leftOut });
    return leftOut > 0 ? exitCodes.doneWithProblems : exitCodes.done;
  });
}

/** Exit code 0 when it holds who is on the site, 3 when it does not. */
export async function checkVariable(context: CliContext, options: OptionsOf["variable"]): Promise<ExitCode> {
  const { output, signal, progress } = context;
  if (options.out !== undefined) throw new KeeperError("USAGE", "--out does nothing for --check.", { hint: "A check changes nothing, so there is nothing to note in a folder. Leave it out." });
  return await withRender(context, options, async (render) => {
    const service = await findService(context, options, render);
    const held = await withSite(context, options, async (site) => await checkHostVariable({ render, serviceId: service.id, site }, { signal, onProgress: progress.onProgress }));
    sayHeld(output, held, service);
    const { state, accounts, missing, changed, gone, message } = held;
    output.result({ state, service: forMachines(service), accounts, missing, changed, gone, message });
    return state === "current" ? exitCodes.done : exitCodes.doneWithProblems;
  });
}

function sayHeld(output: Output, { state, accounts, missing, changed, gone, message }: HeldVariable, { name }: RenderService): void {
  const update = 'Set it with "account-keeper variable --push".';
  switch (state) {
    case "current":
      output.say(`The variable of ${shown(name)} at Render is up to date: ${countAccounts(accounts)}.`);
      return;
    case "not_set":
      output.say(`${VARIABLE_NAME} is not set for ${shown(name)} at Render.\n${update}`);
      return;
    case "unreadable":
      output.say(`What ${shown(name)} holds at Render as ${VARIABLE_NAME} cannot be used. ${message ?? ""}`.trimEnd());
      output.say(update);
      return;
    case "stale":
      output.say(`The variable of ${shown(name)} at Render is out of date. It holds ${countAccounts(accounts)}.`);
      if (missing.length > 0) output.say(`Missing in it: ${shownIds(missing)}.`);
      if (changed.length > 0) output.say(`In another version: ${shownIds(changed)}.`);
      if (gone.length > 0) output.say(`No longer on your site: ${shownIds(gone)}.`);
      output.say(holdsNobodyOnSite({ accounts, gone }) ? 'None of those it holds is on your site, which may have been wiped: bring them back first, with "account-keeper restore".' : update);
  }
}

function forMachines({ id, name }: RenderService): Readonly<Record<string, unknown>> {
  return { id, name };
}
