/** Styles of the emulator's pages: monospaced, on paper, with a dashed frame, so that they look unlike WorkOS or the app. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --paper: #f4efe4; --sheet: #fffdf7; --ink: #2b2620; --quiet: #665d50; --line: #b9ad97;
  --action: #7a3b12; --on-action: #fffaf2; --bad: #9c2315;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1d1a16; --sheet: #27231d; --ink: #f0e9db; --quiet: #b5aa97; --line: #6b6251;
    --action: #f0b27a; --on-action: #2a1704; --bad: #ff9d8a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px 40px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
.sheet { max-width: 30rem; margin: 0 auto; }
.mark {
  display: flex; flex-wrap: wrap; gap: 4px 12px; justify-content: space-between; margin: 0 0 16px;
  padding: 8px 12px; border: 1px dashed var(--line); color: var(--quiet); font-size: 13px;
}
.mark strong { color: var(--ink); }
main { padding: 24px; border: 1px solid var(--line); background: var(--sheet); }
h1 { margin: 0 0 4px; font-size: 22px; line-height: 1.2; }
h2 { margin: 24px 0 8px; font-size: 15px; line-height: 1.2; }
p { margin: 0 0 16px; }
.quiet { color: var(--quiet); }
label { display: block; margin-bottom: 4px; font-weight: 600; }
input[type="email"], input[type="text"], select {
  width: 100%; min-height: 44px; padding: 8px 12px; border: 1px solid var(--quiet); border-radius: 2px;
  background: var(--paper); color: inherit; font: inherit;
}
button {
  min-height: 44px; padding: 8px 16px; border: 1px solid var(--quiet); border-radius: 2px;
  background: transparent; color: inherit; font: inherit; text-align: start; cursor: pointer;
}
button:hover { border-color: var(--ink); background: var(--paper); }
button.main { width: 100%; margin-top: 12px; border-color: var(--action); background: var(--action); color: var(--on-action); text-align: center; }
button.main:hover { filter: brightness(1.08); }
:focus-visible { outline: 2px solid var(--action); outline-offset: 2px; }
ul { display: grid; gap: 8px; margin: 0; padding: 0; list-style: none; }
.users li {
  position: relative; display: grid; grid-template-columns: 1fr auto; gap: 0 12px; align-items: center;
  min-height: 44px; padding: 0 12px; border: 1px solid var(--quiet); border-radius: 2px;
}
.users li:hover { border-color: var(--ink); background: var(--paper); }
.users button, .users button:hover { padding: 8px 0; border: 0; background: none; overflow-wrap: anywhere; }
/* The whole row is clickable, but the name of the button is only the email. */
.users button::after { content: ""; position: absolute; inset: 0; }
.users button:focus-visible { outline: none; }
.users li:has(:focus-visible) { outline: 2px solid var(--action); outline-offset: 2px; }
.users span, .failures button { color: var(--quiet); font-size: 13px; }
.failures { grid-template-columns: repeat(3, 1fr); }
.failures button { width: 100%; padding: 8px 4px; text-align: center; border-style: dashed; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { padding: 0; }
details { margin-top: 24px; border-top: 1px dashed var(--line); padding-top: 12px; }
summary { min-height: 44px; padding: 10px 0; cursor: pointer; font-weight: 600; }
.choice { display: flex; gap: 12px; align-items: center; min-height: 44px; margin: 0; font-weight: 400; }
.choice input { width: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--action); }
.email { padding: 12px; border: 1px solid var(--quiet); border-radius: 2px; overflow-wrap: anywhere; }
.email form { margin-top: 12px; }
.error { margin: 4px 0 0; color: var(--bad); font-size: 13px; }
input[aria-invalid] { border-color: var(--bad); }
@media (max-width: 26rem) {
  main { padding: 16px; }
  .users li { grid-template-columns: 1fr; padding-bottom: 8px; }
  .users button, .users button:hover { padding-bottom: 0; }
  .failures { grid-template-columns: 1fr; }
}
`;
