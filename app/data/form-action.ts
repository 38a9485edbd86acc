/** Sends a form to the server's action, and keeps the form's values if the network is down. */
import { type ClientActionFunctionArgs, data } from "react-router";
import { type FormFailure, textsOf } from "./form-failure.ts";
import { isUnreachable } from "./unreachable.ts";

const NOT_SENT = "The server could not be reached. Check the connection and try again.";

/** The `clientAction` of every route that has an action. */
export async function clientAction({ request, serverAction }: ClientActionFunctionArgs) {
  const values = textsOf(await request.clone().formData());
  try {
    return await serverAction<FormFailure>();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return data<FormFailure>({ errors: { form: NOT_SENT }, values }, { status: 503 });
  }
}
