//! The texts of the demo wiki. `{ADA}` becomes the attribute that mentions a person.

use super::Line;

pub(super) const HANDBOOK: &str = concat!(
    "<p>How the platform team builds and runs things. Start with <ac:link><ri:page ri:content-title=\"Onboarding\" />",
    "<ac:link-body>Onboarding</ac:link-body></ac:link>.</p>",
    "<ac:structured-macro ac:name=\"toc\"><ac:parameter ac:name=\"maxLevel\">2</ac:parameter></ac:structured-macro>",
    "<h2>Sections</h2><ac:structured-macro ac:name=\"children\" />",
    "<h2>House rules</h2><ol><li>Write it down.</li><li>Link instead of copying.</li><li>Delete what is wrong.</li></ol>",
);

pub(super) const NETWORK_DIAGRAM: &str = concat!(
    "<p><ac:image ac:alt=\"Network\" ac:width=\"640\"><ri:attachment ri:filename=\"network.png\" /></ac:image></p>",
    "<p>Regions talk over <code>10.0.0.0/8</code> only.</p>",
);

const CACHING: &str = concat!(
    "<p>Every service reads through two caches: a local one of 30&nbsp;seconds and a shared one per region.</p>",
    "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>The shared cache is <strong>not</strong> a database. ",
    "Losing it must only cost time.</p></ac:rich-text-body></ac:structured-macro>",
    "<h2>Layers</h2><table><tbody><tr><th>Layer</th><th>Technology</th><th>Time to live</th></tr>",
    "<tr><td>Local</td><td>In process</td><td>30&nbsp;s</td></tr>",
    "<tr><td>Shared</td><td>Redis 7</td><td>15&nbsp;min</td></tr>",
    "<tr><td>Edge</td><td>CDN</td><td>1&nbsp;h</td></tr></tbody></table>",
    "<h2>Reading through</h2>",
    "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">java</ac:parameter>",
    "<ac:parameter ac:name=\"title\">Cache.java</ac:parameter><ac:plain-text-body>",
    "<![CDATA[Value get(Key key) {\n  if (local.age(key) < 30) return local.get(key);\n",
    "  return shared.computeIfAbsent(key, database::load);\n}]]></ac:plain-text-body></ac:structured-macro>",
    "<p>Questions to <ac:link><ri:user {ADA} /></ac:link>.</p>",
);

const RUNBOOK_COLD: &str = concat!(
    "<ac:structured-macro ac:name=\"warning\"><ac:parameter ac:name=\"title\">Before you start</ac:parameter>",
    "<ac:rich-text-body><p>Tell the people on call. A cold cache multiplies the load on the database by ten.</p>",
    "</ac:rich-text-body></ac:structured-macro>",
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>",
    "<ac:task-body>Switch the gateway to <em>read only</em></ac:task-body></ac:task>",
    "<ac:task><ac:task-id>2</ac:task-id><ac:task-status>incomplete</ac:task-status>",
    "<ac:task-body>Run the warm-up job, <ac:link><ri:user {ADA} /></ac:link> has the keys</ac:task-body></ac:task>",
    "<ac:task><ac:task-id>3</ac:task-id><ac:task-status>complete</ac:task-status>",
    "<ac:task-body>Write this runbook</ac:task-body></ac:task></ac:task-list>",
    "<h2>Warm-up</h2><ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">bash</ac:parameter>",
    "<ac:plain-text-body><![CDATA[for region in eu us; do\n  warmup --region \"$region\" --keys top-10000\ndone]]>",
    "</ac:plain-text-body></ac:structured-macro>",
);

const ADR_POSTGRES: &str = concat!(
    "<p><ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"colour\">Green</ac:parameter>",
    "<ac:parameter ac:name=\"title\">Accepted</ac:parameter></ac:structured-macro> since 2024-03-01</p>",
    "<h2>Context</h2><p>Three databases for four teams.</p><h2>Decision</h2><p>PostgreSQL, one cluster per region.</p>",
    "<h2>Consequences</h2><ul><li>One way to back up<ul><li>and one way to restore</li></ul></li>",
    "<li>No more <del>MongoDB</del></li></ul>",
);

const INCIDENT: &str = concat!(
    "<ac:structured-macro ac:name=\"panel\"><ac:parameter ac:name=\"title\">Summary</ac:parameter><ac:rich-text-body>",
    "<p>Checkout failed for 42 minutes &mdash; 3.1&nbsp;% of orders were lost.</p></ac:rich-text-body></ac:structured-macro>",
    "<h2>Timeline</h2><table><tbody><tr><th>UTC</th><th>Event</th></tr><tr><td>09:12</td><td>Deployment 1481</td></tr>",
    "<tr><td>09:14</td><td>Alert: p99 &gt; 2&nbsp;s</td></tr><tr><td>09:54</td><td>Rolled back</td></tr></tbody></table>",
    "<h2>Five whys</h2><ol><li>The pool was empty.</li><li>Connections were never given back.</li></ol>",
    "<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">Log</ac:parameter><ac:rich-text-body>",
    "<ac:structured-macro ac:name=\"noformat\"><ac:plain-text-body><![CDATA[java.sql.SQLTimeoutException: <pool exhausted>]]>",
    "</ac:plain-text-body></ac:structured-macro></ac:rich-text-body></ac:structured-macro>",
);

const SETUP: &str = concat!(
    "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><h2>Linux</h2><p>Install the packages.</p>",
    "</ac:layout-cell><ac:layout-cell><h2>macOS</h2><p>Use Homebrew.</p></ac:layout-cell></ac:layout-section></ac:layout>",
);

const GLOSSARY: &str = concat!(
    "<table><tbody><tr><th>Term</th><th>Meaning</th></tr><tr><td><strong>DLQ</strong></td>",
    "<td><p>Dead letter queue, see <ac:link ac:anchor=\"Replay\"><ri:page ri:content-title=\"Dead Letter Queues\" />",
    "<ac:plain-text-link-body><![CDATA[the page]]></ac:plain-text-link-body></ac:link></p></td></tr>",
    "<tr><td>TTL</td><td>Time to live <ac:emoticon ac:name=\"smile\" /></td></tr></tbody></table>",
);

/// Below the root page.
pub(super) const BELOW_ROOT: &[Line] = &[
    (
        1,
        "Architecture",
        "<p>The big picture: services, the bus between them, and where data rests.</p>",
    ),
    (2, "Caching Architecture", CACHING),
    (
        3,
        "Cache Invalidation",
        "<p>One of the two hard things. We publish <code>cache.invalidate</code> on the event bus.</p>",
    ),
    (
        3,
        "Cache Key Conventions",
        "<p>Keys read <code>service:entity:id:v3</code>.</p><hr /><p>Never put a user&rsquo;s name into a key.</p>",
    ),
    (
        2,
        "Event Bus",
        "<p>Kafka, with one topic per aggregate.</p><blockquote><p>At least once, never exactly once.</p></blockquote>",
    ),
    (
        3,
        "Dead Letter Queues",
        "<h2>Replay</h2><p>Messages are replayed by hand after a fix.</p>",
    ),
    (
        2,
        "Storage Layer",
        "<p>PostgreSQL for records, object storage for files. H<sub>2</sub>O and 10<sup>9</sup> rows.</p>",
    ),
    (
        2,
        "Decision Records",
        "<ac:structured-macro ac:name=\"children\"><ac:parameter ac:name=\"sort\">title</ac:parameter></ac:structured-macro>",
    ),
    (3, "ADR 001: Use PostgreSQL", ADR_POSTGRES),
    (
        3,
        "ADR 002: Event sourcing for orders",
        "<p>Rejected. It would have been fun.</p>",
    ),
    (
        3,
        "ADR 003: One cache per region",
        "<p>Accepted. See <ac:link><ri:page ri:content-title=\"Caching Architecture\" /></ac:link>.</p>",
    ),
    (1, "Operations", "<p>Keeping it running.</p>"),
    (
        2,
        "On-call Guide",
        "<h2>Shifts</h2><p>One week, Monday to Monday.</p><h2>Escalation</h2><ol><li>You</li><li>Your second</li></ol>",
    ),
    (2, "Runbooks", "<p>Short, tested, and dated.</p>"),
    (3, "Runbook: Cache is cold", RUNBOOK_COLD),
    (
        3,
        "Runbook: Disk full",
        "<pre>du -xh / | sort -h | tail</pre><p>Then delete <em>old</em> logs.</p>",
    ),
    (
        3,
        "Runbook: Failover to the second region",
        "<ac:structured-macro ac:name=\"tip\"><ac:rich-text-body><p>Practise on Thursdays.</p></ac:rich-text-body></ac:structured-macro>",
    ),
    (
        4,
        "Failover Checklist",
        "<ul><li>DNS</li><li>Queues drained</li><li>Feature flags copied</li></ul>",
    ),
    (2, "Incident Reviews", "<p>Blameless, within five days.</p>"),
    (3, "2026-02-11 Checkout outage", INCIDENT),
    (
        3,
        "2026-04-30 Slow search",
        "<p>An index was rebuilt at noon.</p>",
    ),
    (
        2,
        "Monitoring",
        "<p>Dashboards: <a href=\"https://grafana.example.com/d/1?a=b&amp;c=d\">overview</a>.</p>",
    ),
    (
        1,
        "Onboarding",
        "<p>Welcome! Read <ac:link><ri:page ri:content-title=\"First Week\" /></ac:link> first.</p>",
    ),
    (
        2,
        "First Week",
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Get a laptop</ac:task-body></ac:task></ac:task-list>",
    ),
    (2, "Development Setup", SETUP),
    (2, "Glossary", GLOSSARY),
    (1, "Services", "<p>One page per service.</p>"),
    (
        2,
        "Billing Service",
        "<p>Owner: <ac:link><ri:user {ADA} /></ac:link></p>",
    ),
    (
        3,
        "Billing API",
        "<h2>POST /invoices</h2><p>Answers <code>201</code>.</p>",
    ),
    (2, "Search Service", "<p>OpenSearch, two nodes.</p>"),
    (2, "Checkout Service", "<p>The one that must not fail.</p>"),
    (
        1,
        "C++ & C#: tips / tricks",
        "<p>A title that needs escaping everywhere.</p>",
    ),
    (
        1,
        "100% coverage? Maybe.",
        "<p>Percent signs and question marks.</p>",
    ),
    (
        1,
        "Überblick für Neue (Deutsch) – 概要",
        "<p>Kurz und bündig. 短い。</p>",
    ),
    (
        1,
        "Notes on \"Quotes\" and <tags>",
        "<p>Less than &lt; and &quot;quotes&quot;.</p>",
    ),
    (1, "Retrospectives", ""),
];

/// Below the homepage, beside the root page: out of bounds.
pub(super) const BESIDE_ROOT: &[Line] = &[
    (1, "People Team", "<p>Not for the agent.</p>"),
    (
        2,
        "Salary Bands",
        "<p>Certainly not for the agent. The caching bonus is a secret.</p>",
    ),
    (1, "Vacation Calendar", "<p>Who is away.</p>"),
    (1, "Roadmap 2026", "<p>Plans of other teams.</p>"),
];
