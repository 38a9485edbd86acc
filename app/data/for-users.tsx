/** Components that only signed-in users need, in code that guests do not load. */
import { type ComponentType, lazy, useState } from "react";
import { untilLoaded } from "./pause.ts";

type Module<Props> = { default: ComponentType<Props> };

const loads: (() => Promise<unknown>)[] = [];

/**
 * Loads the code of all these components. The page of a user is hydrated after it has arrived: if React met code that
 * is still on its way, it would remove the server's HTML with the first change of state.
 */
export async function loadForUsers(): Promise<void> {
  await Promise.all(loads.map((load) => load()));
}

/**
 * Defines a component whose code only signed-in users load.
 *
 * @param load - Imports the module with the component as its default export.
 * @param loaded - The module on the server, which renders it at once.
 * @returns The component. It suspends only in the page of a guest who signs in in another tab.
 */
export function forUsers<Props extends object>(
  load: () => Promise<Module<Props>>,
  loaded?: Module<Props>,
): ComponentType<Props> {
  let Loaded = loaded?.default;
  const keep = () =>
    untilLoaded(async () => {
      const module = await load();
      Loaded = module.default;
      return module;
    });
  loads.push(keep);
  const Later = lazy(keep);
  // biome-ignore lint/correctness/noComponentHookFactories: called once per component, at module level
  return function ForUsers(props: Props) {
    // The type must not change while mounted, because React would mount the component again.
    const [Component] = useState(() => Loaded ?? Later);
    return <Component {...props} />;
  };
}
