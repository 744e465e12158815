/** "3/4" beside "Before a redeploy" while one is under way: by hand in four steps, at Render in five. */
import { useLook } from "../../stores/looks.ts";
import { useLatest } from "../../stores/operations.ts";
import { useRedeploy } from "../../stores/redeploy.ts";
import { en } from "../../strings/en.ts";
import { stageOf, stages } from "../redeploy/linked/stage.ts";
import { currentStep } from "../../stores/redeploy-steps.ts";

export function useRedeployBadge(siteId: string | null): string | undefined {
  const { overview } = useLook(siteId);
  const notes = useRedeploy(siteId);
  const atRender = useLatest(siteId, "redeploy");
  if (atRender?.state === "running") return en.frame.step(stages.indexOf(stageOf(atRender.progress)) + 1, stages.length);
  const step = notes === null ? 5 : currentStep(notes, overview);
  return step < 5 ? en.frame.step(step, 4) : undefined;
}
