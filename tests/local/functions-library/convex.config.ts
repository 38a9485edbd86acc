/** An app with the same component twice, each with data and settings of its own. */
import { defineApp } from "convex/server";
import tally from "./tally/convex.config.ts";

const app = defineApp();
app.use(tally, { env: { START: "10" } });
app.use(tally, { name: "other", env: { START: "0" } });
export default app;
