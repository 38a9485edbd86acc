/** Links from the settings to the pages about the user's account. */
import { href, Link } from "react-router";
import { Card } from "../ui/card.tsx";

const PAGES = [
  {
    to: href("/settings/sessions"),
    name: "Sessions",
    about: "Where you are signed in, and the way to end it there",
  },
  {
    to: href("/settings/activity"),
    name: "Activity",
    about: "What happened to your account, and from where",
  },
  {
    to: href("/settings/account"),
    name: "Account",
    about: "Who you are, a copy of your data, and the way out",
  },
];

const ORGANIZATION = {
  to: href("/settings/organization"),
  name: "Organization",
  about: "Which of your organizations you are signed in to",
};

/**
 * Renders the links.
 *
 * @param canSwitch - Whether the user has more than one organization.
 */
export function SettingsLinks({ canSwitch }: { canSwitch: boolean }) {
  return (
    <Card title="Your account">
      <ul className="flex flex-col divide-y divide-line">
        {[...PAGES, ...(canSwitch ? [ORGANIZATION] : [])].map(({ to, name, about }) => (
          <li key={to} className="py-1 wide:flex wide:items-center wide:justify-between wide:gap-6">
            <Link to={to} className="inline-flex min-h-11 items-center font-strong">
              {name}
            </Link>
            <p className="text-small text-quiet max-wide:pb-2">{about}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
