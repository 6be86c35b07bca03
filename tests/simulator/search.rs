//! CQL and the two search routes.

use std::time::Duration;

use conflagent::simulator::{Deployment, Seed, TotalSize};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Got, Site, column, has_shape_of};

async fn find(site: &Site, cql: &str, more: &[(&str, &str)]) -> Got {
    let mut query = vec![("cql", cql)];
    query.extend_from_slice(more);
    site.run(site.request(Method::GET, "/rest/api/search").query(&query))
        .await
        .unwrap()
}

async fn titles(site: &Site, cql: &str) -> Vec<String> {
    let found = find(site, cql, &[("limit", "200")]).await.ok();
    let rows = found["results"].as_array().unwrap().iter();
    rows.map(|row| row["content"]["title"].as_str().unwrap_or("(space)").to_owned())
        .collect()
}

#[tokio::test]
async fn a_row_has_the_measured_shape() {
    let site = Site::cloud(Seed::Demo).await;
    let found = find(
        &site,
        "type = page and text ~ \"cache invalidation\" and space = \"ENG\"",
        &[],
    )
    .await
    .ok();
    let measured = json!({
        "results": [{
            "content": { "id": "40665091", "type": "page", "status": "current", "title": "x",
                "_links": { "webui": "/spaces/x", "self": "https://x", "tinyui": "/x/x" } },
            "title": "x", "excerpt": "x", "url": "/spaces/x", "resultGlobalContainer": { "title": "x", "displayUrl": "/spaces/KEY" },
            "breadcrumbs": [], "entityType": "content", "iconCssClass": "aui-icon content-type-page",
            "lastModified": "2026-08-14T10:00:00.000Z", "friendlyLastModified": "Aug 14, 2026", "score": 0.0,
        }],
        "start": 0, "limit": 25, "size": 1, "totalSize": 1, "cqlQuery": "x", "searchDuration": 31, "archivedResultCount": 0,
        "_links": { "base": "https://SITE/wiki", "context": "/wiki", "self": "https://SITE" },
    });
    has_shape_of(&found, &measured);
    let row = &found["results"][0];
    assert_eq!(row["content"]["title"], "Cache Invalidation");
    assert_eq!(
        row["title"],
        "@@@hl@@@Cache@@@endhl@@@ @@@hl@@@Invalidation@@@endhl@@@"
    );
    assert!(row["excerpt"].as_str().unwrap().contains("@@@hl@@@"));
}

#[tokio::test]
async fn titles_of_rows_are_escaped_and_excerpts_come_in_strategies() {
    let site = Site::cloud(Seed::Demo).await;
    let cql = "title = \"Notes on \\\"Quotes\\\" and <tags>\"";
    let row = find(&site, cql, &[]).await.ok()["results"][0].clone();
    assert_eq!(row["title"], "Notes on &quot;Quotes&quot; and &lt;tags&gt;");
    assert_eq!(row["content"]["title"], "Notes on \"Quotes\" and <tags>");
    let excerpt = async |strategy: &str| {
        find(&site, cql, &[("excerpt", strategy)]).await.ok()["results"][0]["excerpt"].clone()
    };
    assert_eq!(excerpt("indexed").await, "Less than &lt; and &quot;quotes&quot;.");
    assert_eq!(excerpt("indexed_unescaped").await, "Less than < and \"quotes\".");
    assert_eq!(excerpt("none").await, "");
    assert_eq!(excerpt("nonsense").await, "");
}

#[tokio::test]
async fn fields_find_what_they_name() {
    let site = Site::cloud(Seed::Demo).await;
    let of = |title: &str| site.simulator.page_titled(title).unwrap().id;
    let (architecture, root) = (of("Architecture"), site.simulator.root_page_id());
    assert_eq!(
        titles(&site, "title = \"caching architecture\" and space = \"ENG\"").await,
        ["Caching Architecture"]
    );
    assert_eq!(
        titles(&site, &format!("parent = {architecture} and type = folder")).await,
        ["Diagrams"]
    );
    let below = titles(&site, &format!("ancestor = {root} and type in (page, folder)")).await;
    let expected = site.simulator.subtree(&root).len();
    assert_eq!(below.len(), expected);
    assert!(
        !below.contains(&"Platform Handbook".to_owned()),
        "the ancestor itself is left out"
    );
    assert!(
        titles(&site, &format!("id = {root} or ancestor = {root}"))
            .await
            .contains(&"Platform Handbook".to_owned())
    );
    assert_eq!(
        titles(&site, "macro = \"status\"").await,
        ["ADR 001: Use PostgreSQL"]
    );
    assert!(titles(&site, "title ~ \"runbook\" and type = page").await.len() >= 4);
    assert!(titles(&site, "space = \"NOPE\"").await.is_empty());
    assert!(
        titles(&site, "text ~ \"engineering\"")
            .await
            .contains(&"(space)".to_owned()),
        "spaces are found too"
    );
    let person = site.get("/rest/api/user/current").await.ok()["accountId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(titles(&site, &format!("creator = \"{person}\"")).await.is_empty());
}

#[tokio::test]
async fn labels_dates_and_order() {
    let site = Site::cloud(Seed::Demo).await;
    let id = site.simulator.page_titled("Glossary").unwrap().id;
    site.post(
        &format!("/rest/api/content/{id}/label"),
        json!([{ "prefix": "global", "name": "Words" }]),
    )
    .await
    .ok();
    assert_eq!(titles(&site, "label = \"words\"").await, ["Glossary"]);
    assert!(
        titles(&site, "type = page and created > now(\"-1m\")")
            .await
            .is_empty()
    );
    let all = titles(
        &site,
        "type = page and space = ENG and created >= \"2026/01/01\" order by created",
    )
    .await;
    assert_eq!(all.first().map(String::as_str), Some("Engineering Home"));
    let reverse = titles(
        &site,
        "type = page and space = ENG and created < endOfYear(\"+1y\") order by created desc",
    )
    .await;
    assert_eq!(reverse.last().map(String::as_str), Some("Engineering Home"));
    let named = titles(&site, "type = page and space = ENG order by title").await;
    assert!(named.is_sorted_by_key(|title| title.to_lowercase()));
}

#[tokio::test]
async fn clauses_join_from_left_to_right() {
    let site = Site::cloud(Seed::Demo).await;
    let cql = "title = \"Glossary\" or title = \"Monitoring\" and title = \"First Week\"";
    assert!(titles(&site, cql).await.is_empty());
    site.simulator.set_knobs(|knobs| knobs.cql_precedence = true);
    assert_eq!(titles(&site, cql).await, ["Glossary"]);
}

#[tokio::test]
async fn a_quote_that_is_not_escaped_takes_over_the_query() {
    let site = Site::cloud(Seed::Demo).await;
    let title = "x\" or type=page or title=\"y";
    let everything = titles(&site, &format!("title = \"{title}\"")).await;
    assert!(everything.len() > 30);
    let escaped = title.replace('\\', "\\\\").replace('"', "\\\"");
    assert!(titles(&site, &format!("title = \"{escaped}\"")).await.is_empty());
    assert_eq!(find(&site, "title = \"x\\\"", &[]).await.status, 400);
}

#[tokio::test]
async fn faults_of_queries_are_told_in_both_envelopes() {
    for deployment in [Deployment::Cloud, Deployment::DataCenter] {
        let site = Site::with(deployment, Seed::Empty, |_| {}).await;
        let message = async |cql: &str| {
            let got = find(&site, cql, &[]).await;
            assert_eq!(got.status, 400, "{cql}");
            got.message()
        };
        assert!(
            message("title = ")
                .await
                .contains("Could not parse cql : title = ")
        );
        assert!(message("title = \"\"").await.contains("Could not parse cql"));
        assert!(
            message("status = current")
                .await
                .contains("No field exists with the name: 'status' Did you mean one of : ")
        );
        assert!(message("type = poem").await.contains("page, blogpost"));
        assert!(
            message("type = page and created > yesterday")
                .await
                .contains("Could not parse cql")
        );
        assert_eq!(find(&site, "siteSearch ~ \"\"", &[]).await.status, 500);
        assert_eq!(site.get("/rest/api/search").await.status, 400);
    }
}

#[tokio::test]
async fn the_index_lags_and_archived_pages_leave_it() {
    let site = Site::cloud(Seed::Demo).await;
    let root = site.simulator.root_page_id();
    site.simulator
        .set_knobs(|knobs| knobs.index_lag = Duration::from_secs(3600));
    let page = site.simulator.add_page(&root, "Brand new", "<p>new</p>");
    site.simulator
        .rename(&site.simulator.page_titled("Glossary").unwrap().id, "Dictionary");
    let trashed = site.simulator.page_titled("Monitoring").unwrap().id;
    site.simulator.trash(&trashed);
    assert!(titles(&site, "title = \"Brand new\"").await.is_empty());
    assert_eq!(titles(&site, "title = \"Monitoring\"").await, ["Monitoring"]);
    let old = find(&site, "title = \"Glossary\"", &[]).await.ok();
    assert_eq!(
        old["results"][0]["content"]["title"], "Dictionary",
        "found by the old title, shown with the new"
    );
    site.simulator.set_knobs(|knobs| knobs.index_lag = Duration::ZERO);
    assert_eq!(titles(&site, "title = \"Brand new\"").await, ["Brand new"]);
    assert!(titles(&site, "title = \"Monitoring\"").await.is_empty());
    site.simulator.archive(&page);
    assert!(titles(&site, "title = \"Brand new\"").await.is_empty());
    site.simulator
        .set_knobs(|knobs| knobs.search_finds_deleted = true);
    assert_eq!(titles(&site, "title = \"Monitoring\"").await, ["Monitoring"]);
}

#[tokio::test]
async fn the_index_has_moved_pages_where_they_were() {
    for deployment in [Deployment::Cloud, Deployment::DataCenter] {
        let site = Site::with(deployment, Seed::Demo, |knobs| {
            knobs.index_lag = Duration::from_secs(3600);
        })
        .await;
        let of = |title: &str| site.simulator.page_titled(title).unwrap().id;
        let (root, home, page) = (
            site.simulator.root_page_id(),
            site.simulator.homepage_id(),
            of("Runbooks"),
        );
        site.simulator.move_page(&page, &home);
        let below_root = format!("title = \"Runbook: Disk full\" and ancestor = {root}");
        let at_home = format!("title = \"Runbooks\" and parent = {home}");
        assert_eq!(
            titles(&site, &below_root).await,
            ["Runbook: Disk full"],
            "found where it was"
        );
        assert!(titles(&site, &at_home).await.is_empty());
        // Even one that is gone for good still leads to what was below it.
        site.simulator.trash(&page);
        assert_eq!(titles(&site, &below_root).await, ["Runbook: Disk full"]);
        site.simulator.set_knobs(|knobs| knobs.index_lag = Duration::ZERO);
        assert!(titles(&site, &below_root).await.is_empty());
        let moved_up = format!("title = \"Runbook: Disk full\" and parent = {home}");
        assert_eq!(titles(&site, &moved_up).await, ["Runbook: Disk full"]);
    }
}

#[tokio::test]
async fn cloud_pages_by_cursor_and_drops_the_excerpt_from_the_link() {
    let site = Site::cloud(Seed::Tree {
        pages: 60,
        width: 60,
        depth: 1,
    })
    .await;
    let first = find(
        &site,
        "type = page and title ~ \"page\"",
        &[("limit", "25"), ("excerpt", "none"), ("start", "50")],
    )
    .await
    .ok();
    assert_eq!(first["size"], 25, "start is ignored");
    let next = first["_links"]["next"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/rest/api/search?next=true&cursor="), "{next}");
    assert!(!next.contains("excerpt") && next.contains("cql="), "{next}");
    let second = site.get(&next).await.ok();
    let ids = |list: &Value| -> Vec<String> {
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["content"]["id"].to_string())
            .collect()
    };
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
    let last = site.get(second["_links"]["next"].as_str().unwrap()).await.ok();
    assert_eq!((&last["size"], last["_links"].get("next")), (&json!(10), None));
}

#[tokio::test]
async fn pages_of_a_search_may_be_short_and_its_total_wrong() {
    let site = Site::cloud(Seed::Tree {
        pages: 60,
        width: 60,
        depth: 1,
    })
    .await;
    site.simulator.set_knobs(|knobs| {
        knobs.search_short_pages = true;
        knobs.search_total = TotalSize::Inflated;
    });
    let cql = "type = page and parent = ";
    let cql = format!("{cql}{}", site.simulator.root_page_id());
    let mut seen = Vec::new();
    let mut list = find(&site, &cql, &[("limit", "20")]).await.ok();
    assert_eq!((&list["size"], &list["totalSize"]), (&json!(18), &json!(67)));
    loop {
        seen.extend(
            list["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["content"]["id"].to_string()),
        );
        match list["_links"]["next"].as_str().map(str::to_owned) {
            Some(next) => list = site.get(&next).await.ok(),
            None => break,
        }
    }
    assert_eq!(
        seen.len(),
        60,
        "nothing is lost by a client that follows the links"
    );
    assert_eq!(find(&site, "title = \"nothing\"", &[]).await.ok()["totalSize"], 1);
}

#[tokio::test]
async fn data_center_pages_by_start_and_caps_bodies() {
    let site = Site::data_center(Seed::Tree {
        pages: 120,
        width: 120,
        depth: 1,
    })
    .await;
    let list = find(&site, "type = page", &[("limit", "30"), ("start", "30")])
        .await
        .ok();
    assert_eq!((&list["start"], &list["size"]), (&json!(30), &json!(30)));
    assert!(
        list["_links"]["next"]
            .as_str()
            .unwrap()
            .ends_with("limit=30&start=60")
    );
    let bodies = site
        .get("/rest/api/content/search?cql=type%3Dpage&limit=500&expand=body.storage")
        .await
        .ok();
    assert_eq!((&bodies["limit"], &bodies["size"]), (&json!(50), &json!(50)));
    assert!(bodies["results"][0]["body"]["storage"]["value"].is_string());
    let plain = site
        .get("/rest/api/content/search?cql=type%3Dpage&limit=500")
        .await
        .ok();
    assert_eq!(column(&plain, "id").len(), 123);
}

#[tokio::test]
async fn dates_are_in_the_zone_of_the_server() {
    let site = Site::with(Deployment::DataCenter, Seed::Empty, |knobs| {
        knobs.set("frozen-clock", "2026-11-21T20:00:00Z").unwrap();
    })
    .await;
    site.simulator
        .add_page(&site.simulator.homepage_id(), "Evening", "<p/>");
    let evening = "title = Evening and created >= \"2026-11-22\"";
    assert_eq!(
        titles(&site, evening).await,
        ["Evening"],
        "there it is the morning of the next day"
    );
    site.simulator.set_knobs(|knobs| knobs.utc_offset_minutes = 0);
    assert!(titles(&site, evening).await.is_empty());
}
