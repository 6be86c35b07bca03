//! Pages as resources.

use conflagent::simulator::Seed;
use serde_json::{Value, json};

use super::{Era, ask, refused};
use crate::support::{Bridge, Product, on_both};

async fn read(bridge: &Bridge, era: Era, uri: &str) -> Value {
    let mut read = ask(bridge, era, "resources/read", json!({"uri": uri})).await;
    let contents = read["contents"].as_array_mut().expect("contents");
    assert_eq!(contents.len(), 1);
    contents[0].take()
}

on_both! {
    async fn the_first_level_is_listed_and_each_of_it_can_be_read(bridge) {
        for era in Era::ALL {
            let list = ask(&bridge, era, "resources/list", json!({})).await;
            assert!(list.get("nextCursor").is_none());
            assert_eq!(list["cacheScope"], "private");
            let resources = list["resources"].as_array().expect("resources");
            let titles: Vec<&str> = resources.iter().filter_map(|resource| resource["title"].as_str()).collect();
            let children = bridge.get("/pages/Platform%20Handbook/children").await.data();
            let children: Vec<&str> = children.as_array().expect("a list").iter().filter_map(|page| page["title"].as_str()).collect();
            assert_eq!(titles, children);
            for resource in resources {
                let uri = resource["uri"].as_str().expect("an address");
                let contents = read(&bridge, era, uri).await;
                assert_eq!((&contents["uri"], &contents["mimeType"]), (&json!(uri), &json!("text/markdown")));
                assert_eq!(resource["mimeType"], "text/markdown");
                assert!(contents["text"].is_string());
            }
        }
    }

    async fn any_page_can_be_read_by_the_template(bridge) {
        let templates = ask(&bridge, Era::Modern, "resources/templates/list", json!({})).await;
        let template = &templates["resourceTemplates"][0];
        assert_eq!(template["uriTemplate"], "conflagent://wiki/page/{id}");
        assert_eq!(template["mimeType"], "text/markdown");
        let id = bridge.simulator.page_titled("Event Bus").expect("seeded").id;
        let contents = read(&bridge, Era::Modern, &format!("conflagent://wiki/page/{id}")).await;
        let text = bridge.get("/pages/Event%20Bus?format=markdown").await.data()["body"].take();
        assert_eq!(contents["text"], text);
        let updated = bridge.get("/pages/Event%20Bus").await.data()["updated"].take();
        assert!(updated.is_string());
        assert_eq!(contents["_meta"]["lastModified"], updated);
    }

    async fn what_is_not_there_is_not_found(bridge) {
        let outside = bridge.simulator.page_titled("Salary Bands").expect("seeded").id;
        let root = bridge.simulator.root_page_id();
        let good = read(&bridge, Era::Modern, &format!("conflagent://wiki/page/{root}")).await;
        assert!(good["text"].is_string());
        for uri in [
            format!("conflagent://wiki/page/{outside}"),
            format!("conflagent://wiki/page/{}", bridge.simulator.homepage_id()),
            format!("conflagent://other/page/{root}"),
            format!("conflagent://wiki/{root}"),
            format!("conflagent://wiki/page/{root}/"),
            format!("conflagent://wiki/page/../page/{root}"),
            "conflagent://wiki/page/".to_owned(),
            "conflagent://wiki/page/Event Bus".to_owned(),
            "file:///etc/passwd".to_owned(),
        ] {
            // The code was another one before 2026-07-28.
            for (era, code) in [(Era::Legacy, -32002), (Era::Modern, -32602)] {
                let (_, error) = refused(&bridge, era, "resources/read", json!({"uri": uri})).await;
                assert_eq!((&error["code"], &error["data"]["uri"]), (&json!(code), &json!(uri)), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_long_list_comes_in_parts() {
    let wide = |options: &mut conflagent::simulator::Options| {
        options.seed = Seed::Tree {
            pages: 250,
            width: 250,
            depth: 1,
        };
    };
    let bridge = Bridge::with(Product::Cloud, wide, |_| {}).await;
    let (mut cursor, mut sizes, mut seen) = (None, Vec::new(), std::collections::BTreeSet::new());
    loop {
        let params = cursor
            .as_ref()
            .map_or(json!({}), |cursor| json!({"cursor": cursor}));
        let list = ask(&bridge, Era::Modern, "resources/list", params).await;
        let resources = list["resources"].as_array().expect("resources");
        sizes.push(resources.len());
        seen.extend(resources.iter().map(|resource| resource["uri"].to_string()));
        match list["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!((sizes, seen.len()), (vec![100, 100, 50], 250));
    let (_, error) = refused(
        &bridge,
        Era::Modern,
        "resources/list",
        json!({"cursor": "nonsense"}),
    )
    .await;
    assert_eq!(error["code"], -32602);
}
