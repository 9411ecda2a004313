import type { InboxMessage } from './inbox.js'
import type { SandboxPolicy } from './policy.js'
import type { World } from './world.js'

/** The inbox as a person reads it in a browser: newest first, refreshed by itself, self-contained. */
export function inboxPage(world: World): string {
  const messages = world.inbox.messages().slice(-SHOWN_MESSAGES).reverse()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox inbox</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="2"></noscript>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Sandbox inbox</h1>
<p>Every SMS that the sandbox &ldquo;sent&rdquo;. No phone received anything.</p>
<nav><a href="/inbox">Inbox as JSON</a><a href="/ledger">Ledger</a><a href="/transactions">Transactions</a><a href="/money">Money</a><a href="/scenarios">Scenarios and test numbers</a><a href="/faults">Faults</a></nav>
</header>
<main>
<div class="bar"><label>Only mobile <input id="only" inputmode="numeric" autocomplete="off" placeholder="any"></label>
<span id="state" role="status"></span></div>
<table>
<thead><tr><th>Code</th><th>For</th><th>Mobile</th><th>Rail</th><th>Received</th></tr></thead>
<tbody id="rows">${messages.map(row).join('') || EMPTY_ROW}</tbody>
</table>
</main>
<footer>${policyNote(world.policy)} Dialect: <code>${escape(world.dialect)}</code>.</footer>
<script>${SCRIPT}</script>
</body>
</html>
`
}

/** The page shows the newest; `GET /inbox` has all. */
const SHOWN_MESSAGES = 200

const EMPTY_ROW =
  '<tr><td colspan="5" class="none">No SMS yet. Codes appear here as soon as a call sends one.</td></tr>'

const PURPOSE_TEXT = {
  SENDER: 'Mobile verification',
  AADHAAR: 'Aadhaar',
  TRANSACTION: 'Transaction',
  RECIPIENT: 'Recipient bank',
  REFUND: 'Refund',
} as const

function row(message: InboxMessage): string {
  const { id, code, purpose, mobile, sender, rail, at } = message
  const owner = mobile === sender ? '' : `<small>of sender ${escape(sender)}</small>`
  return `<tr data-id="${id}"><td class="code">${escape(code)}</td><td>${PURPOSE_TEXT[purpose]}</td><td>${escape(mobile)}${owner}</td><td>${escape(rail)}</td><td><time datetime="${at}">${at.slice(11, 19)} UTC</time></td></tr>`
}

function policyNote(policy: SandboxPolicy): string {
  const minutes = policy.codeLifetimeMs / 60_000
  return `<strong>Sandbox policy</strong> (Eko documents none of this): a code lives ${minutes} min, dies after ${policy.codeAttempts} wrong tries, works once, and a newer code ends the older one.`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--accent:#0a7d5a}
@media (prefers-color-scheme:dark){:root{--accent:#4fd1a5}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem}
h1{margin:0;font-size:1.6rem}
header p{margin:.25rem 0 .75rem}
nav{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem}
a{color:var(--accent)}
.bar{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem;margin:1.5rem 0 .5rem}
input{font:inherit;padding:.2rem .5rem;width:9rem}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
th{font-size:.85rem;font-weight:600}
.code{font:600 1.35rem/1.2 ui-monospace,monospace;letter-spacing:.12em;user-select:all}
small{display:block;opacity:.75}
.none{padding:2rem 0;text-align:center;opacity:.75}
.new{animation:arrive 2s ease-out}
@keyframes arrive{from{background:color-mix(in srgb,var(--accent) 35%,transparent)}to{background:transparent}}
@media (max-width:40rem){thead{display:none}tr{display:flex;flex-wrap:wrap;gap:0 1rem;align-items:baseline;padding:.5rem 0;border-bottom:1px solid var(--line)}td{border:0;padding:.1rem 0}.code{flex-basis:100%}tr[hidden]{display:none}}
@media (prefers-reduced-motion:reduce){.new{animation:none}}
footer{margin-top:2rem;padding:.75rem 1rem;background:var(--soft);border-radius:.5rem;font-size:.9rem}
`

/** Asks for the page's own rows again, so that there is one way to draw a message. */
const SCRIPT = `
const rows=document.getElementById('rows'),state=document.getElementById('state'),only=document.getElementById('only');
const seen=new Set([...rows.querySelectorAll('[data-id]')].map(r=>r.dataset.id));
function filter(){for(const r of rows.querySelectorAll('[data-id]'))r.hidden=!r.children[2].textContent.includes(only.value.trim())}
async function refresh(){
  try{
    const html=await(await fetch('/',{cache:'no-store'})).text();
    const next=new DOMParser().parseFromString(html,'text/html').getElementById('rows');
    if(next.innerHTML!==rows.dataset.html){
      rows.dataset.html=next.innerHTML;rows.innerHTML=next.innerHTML;
      for(const r of rows.querySelectorAll('[data-id]'))if(!seen.has(r.dataset.id)){seen.add(r.dataset.id);r.className='new';r.addEventListener('animationend',()=>r.classList.remove('new'))}
      filter();
    }
    state.textContent='Live';
  }catch{state.textContent='The sandbox does not answer; trying again.'}
  setTimeout(refresh,1000);
}
rows.dataset.html=rows.innerHTML;only.addEventListener('input',filter);refresh();
`
