/** The two things to do about the variable at Render. */
import { Button } from "../../../components/Button.tsx";
import { en } from "../../../strings/en.ts";
import type { HeldActions } from "./use-held.ts";

const words = en.render.held;

interface HeldButtonProps {
  readonly actions: HeldActions;
  readonly rank?: "primary" | "secondary";
  readonly size?: "s" | "m";
}

export function UpdateButton({ actions, rank = "secondary", size = "m" }: HeldButtonProps) {
  const { isUpdating, isChecking, update } = actions;
  return (
    <Button rank={rank} size={size} icon="variable" blocked={isUpdating ? words.updating : isChecking ? words.checking : undefined} onClick={update}>
      {isUpdating ? words.updating : words.update}
    </Button>
  );
}

export function CheckButton({ actions, size = "m" }: HeldButtonProps) {
  const { isUpdating, isChecking, check } = actions;
  return (
    <Button size={size} icon="again" blocked={isChecking ? words.checking : isUpdating ? words.updating : undefined} onClick={check}>
      {isChecking ? words.checking : words.check}
    </Button>
  );
}
