/** Loader data of the project lists on the home page and the dashboard, reduced to what is shown. */
import type { api } from "../../convex/_generated/api.js";
import { type Packed, pack } from "../react-router/packed.ts";
import { newestOfEach } from "./overview.ts";

type Answer = Pick<typeof api.pages.dashboard._returnType, "projects" | "lines">;

export type Loaded = {
  projects: Pick<Answer["projects"][number], "_id" | "name" | "role" | "agents">[];
  lines: Answer["lines"];
};

export function packList({ projects, lines }: Answer): Packed<Loaded> {
  const shown = projects.map(({ _id, name, role, agents }) => ({
    _id,
    name,
    role,
    agents: newestOfEach(agents),
  }));
  return pack({ projects: shown, lines });
}
