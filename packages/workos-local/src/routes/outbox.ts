/** Outbox: shows the emails that were not sent, and takes those of the app. */
import * as v from "valibot";
import { outboxPage } from "../page/outbox-page.ts";
import { json } from "../reply.ts";
import { fieldsOf, parse } from "../request.ts";
import { type Route, route } from "../routing.ts";
import { EMAIL_KINDS } from "../store/outbox.ts";

const NewEmail = v.strictObject({
  id: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))),
  to: v.string(),
  from: v.string(),
  subject: v.string(),
  text: v.string(),
  kind: v.picklist(EMAIL_KINDS),
});

export const outboxRoutes: Route[] = [
  route("public")("GET", "/outbox", (context) => outboxPage(context.store.outbox.all())),
  route("public")("GET", "/outbox.json", (context) => json(200, context.store.outbox.all())),
  route("local")("POST", "/_local/outbox", (context, request) => {
    const { id, ...email } = parse(NewEmail, fieldsOf(request));
    context.store.outbox.add(email, id);
    return json(201, {});
  }),
];
