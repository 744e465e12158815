/** Asks for the length of the search vectors, where neither site nor backup tells it. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { en } from "../../strings/en.ts";

const USUAL = "384";
const LARGEST = 65_536;

export function DimensionForm({ onGiven }: { readonly onGiven: (dimension: number) => void }) {
  const [text, setText] = useState(USUAL);
  const dimension = Number(text);
  const isValid = Number.isInteger(dimension) && dimension > 0 && dimension <= LARGEST;
  return (
    <form
      className="unlock"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onGiven(dimension);
      }}
    >
      <TextInput className="grow" inputMode="numeric" label={en.dialogs.restore.dimension} description={en.dialogs.restore.dimensionHint} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Button type="submit" rank="primary">
        {en.dialogs.restore.go}
      </Button>
    </form>
  );
}
