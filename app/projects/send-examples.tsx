/** Ways to send to a project, one of which is shown. The choice works without JavaScript. */
import { useId } from "react";
import { href } from "react-router";
import { CodeBlock } from "../ui/code-block.tsx";
import { DocumentLink } from "../ui/document-link.tsx";
import { GuideLink } from "../ui/guide-link.tsx";
import { codeOf, type Example, type Guide } from "./guide.ts";

export function SendExamples({ guides, ...example }: Example & { guides: readonly Guide[] }) {
  const id = useId();
  return (
    <div className="guides">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA in HTML allows this very role on a fieldset */}
      <fieldset role="radiogroup" aria-labelledby={id} className="min-w-0">
        <legend id={id} className="mb-1 font-strong">
          Send with
        </legend>
        <div className="inline-flex max-w-full flex-wrap rounded-control bg-inset">
          {guides.map((guide, index) => (
            <label key={guide.id} className="choice px-3">
              <input type="radio" name="guide" value={guide.id} defaultChecked={index === 0} />
              <span>{guide.title}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {guides.map((guide) => (
        <div key={guide.id} className="guide" data-guide={guide.id}>
          <CodeBlock title={guide.title} what={guide.what} code={codeOf(guide, example)} />
          <p className="max-w-text text-quiet">{guide.appears}</p>
        </div>
      ))}
      <p>
        <span>The </span>
        <DocumentLink to={href("/api/v1/openapi.json")}>OpenAPI document</DocumentLink>
        <span> describes the API, and the </span>
        <GuideLink>guide</GuideLink>
        <span> how to report, read and get alerts.</span>
      </p>
    </div>
  );
}
