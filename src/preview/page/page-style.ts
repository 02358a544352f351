/** Styles of what a preview adds to the report; colours are the report's own tokens. */
export const pageStyle = `
#gatebook-preview { position: fixed; inset: auto 0 0 0; z-index: 9; max-height: 45vh; overflow-y: auto; padding: .5rem 1.25rem;
  background: var(--bg); color: var(--fg); border-top: 2px solid var(--accent); font-size: .875rem; }
body { padding-bottom: 5rem; }
html { scroll-padding-bottom: 5rem; }
.preview-status { overflow-wrap: anywhere; }
.preview-wrong { color: var(--rollback); }
.preview-problem, .preview-note { margin: .75rem 0 .25rem; padding: .6rem .9rem; border-left: 4px solid var(--accent);
  background: var(--accent-soft); color: var(--fg); font-size: .875rem; font-weight: 400; text-align: left; min-width: 0; }
.preview-problem, .preview-failed { border-left-color: var(--rollback); background: var(--rollback-soft); }
.preview-problem[data-level="warning"] { border-left-color: var(--warning); background: var(--warning-soft); }
.preview-note > ul { margin: .25rem 0 0 1.1rem; list-style: disc; }
.preview-problem pre, .preview-note pre { margin: .4rem 0; background: var(--bg); overflow-x: auto; }
.preview-last > article { margin-top: .5rem; padding: .75rem; background: var(--bg); outline: 1px dashed var(--muted); }
.preview-edited { outline: 3px solid var(--accent); outline-offset: 4px; }
@media print { #gatebook-preview, .preview-note { display: none; } }
`;
