/** A server's key in one of the four ways servers take it. */
import { PasswordInput, TextInput } from "@mantine/core";
import { useId } from "react";
import { en } from "../strings/en.ts";
import { keyKinds, type KeyDraft } from "./key-draft.ts";

const words = en.dialogs.key;

interface KeyFieldsProps {
  readonly value: KeyDraft;
  readonly onChange: (value: KeyDraft) => void;
  readonly withKey?: boolean;
}

export function KeyFields({ value, onChange, withKey = true }: KeyFieldsProps) {
  const id = useId();
  const isNamed = value.kind === "basic" || value.kind === "header";
  return (
    <div className="fields">
      <div>
        <label className="f" htmlFor={id}>
          {words.kind}
        </label>
        <select id={id} className="in" value={value.kind} onChange={(event) => onChange({ ...value, kind: keyKinds.find((kind) => kind === event.currentTarget.value) ?? "bearer" })}>
          {keyKinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.kinds[kind]}
            </option>
          ))}
        </select>
      </div>
      {isNamed && <TextInput label={value.kind === "basic" ? words.user : words.header} autoComplete="off" value={value.name} onChange={(event) => onChange({ ...value, name: event.currentTarget.value })} />}
      {withKey && <PasswordInput label={value.kind === "basic" ? words.password : words.key} autoComplete="off" value={value.secret} onChange={(event) => onChange({ ...value, secret: event.currentTarget.value })} />}
    </div>
  );
}
