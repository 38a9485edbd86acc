/** Link to a URL that is not a page of the client router, such as a download or the sign-out. */
import type { ComponentProps } from "react";
import { useNavigate } from "react-router";

/** Marks a navigation to a document, which the client router must not render. */
const TO_DOCUMENT = { isDocument: true };

/**
 * Renders a link that the browser follows. While offline the client router gets it, so that the app's own
 * error page shows instead of the browser's.
 */
export function DocumentLink({
  to,
  ...rest
}: Omit<ComponentProps<"a">, "href" | "onClick"> & { to: string }) {
  const navigate = useNavigate();
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        if (navigator.onLine) return;
        event.preventDefault();
        void navigate(to, { state: TO_DOCUMENT });
      }}
    />
  );
}
