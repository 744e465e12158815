/** Puts the window on the page. */
import "./theme/index.ts";
import { createRoot } from "react-dom/client";
import { keepPlaceInAddress } from "./flows/place-in-address.ts";
import { startUp } from "./flows/start-up.ts";
import { Root } from "./views/Root.tsx";

const element = document.getElementById("window");
if (element === null) throw new Error("The page has no window element.");
keepPlaceInAddress();
const root = createRoot(element);
root.render(<Root />);
void startUp().then(() => {
  // While the owner reads the first page, the others come: going there is then at once.
  requestIdleCallback(() => {
    void Promise.all([
      import("./views/backups/BackupsPlace.tsx"),
      import("./views/dialogs/DialogView.tsx"),
      import("./views/redeploy/RedeployPlace.tsx"),
      import("./views/variable/VariablePlace.tsx"),
      import("./views/activity/ActivityPlace.tsx"),
      import("./views/settings/SettingsPlace.tsx"),
    ]);
  });
});
