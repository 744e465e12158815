/** Catches what no part of the window expected, so that the owner sees a sentence and a way on, never an empty page. */
import { Component, type ReactNode } from "react";
import { en } from "../strings/en.ts";
import { Button } from "./Button.tsx";

interface MishapState {
  readonly failed: boolean;
}

export class Mishap extends Component<{ readonly children: ReactNode }, MishapState> {
  override readonly state: MishapState = { failed: false };

  static getDerivedStateFromError(): MishapState {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="nothing">
        <h1>{en.errors.mishap.title}</h1>
        <p role="alert">{en.errors.mishap.hint}</p>
        <Button rank="primary" icon="again" onClick={() => window.location.reload()}>
          {en.errors.mishap.action}
        </Button>
      </main>
    );
  }
}
