//! The index of Confluence is behind: what was moved away, deleted or archived must not be found any more, whatever
//! it says, and what it does not know yet must come to be found.

use std::time::Duration;

use serde_json::json;

use super::{hits, id_of, paths, search, set};
use crate::support::{Bridge, on_both};

/// The index sees nothing of the last hour.
fn an_hour_behind(bridge: &Bridge) {
    bridge
        .simulator
        .set_knobs(|knobs| knobs.index_lag = Duration::from_secs(3600));
}

fn up_to_date(bridge: &Bridge) {
    bridge
        .simulator
        .set_knobs(|knobs| knobs.index_lag = Duration::ZERO);
}

on_both! {
    async fn a_page_moved_out_is_not_found_although_the_index_has_it_inside(bridge) {
        bridge.get("/pages").await.data();
        an_hour_behind(&bridge);
        let (runbooks, home) = (id_of(&bridge, "Runbooks"), bridge.simulator.homepage_id());
        let before = paths(&bridge, &[("title", "runbook"), ("limit", "50")]).await;
        assert!(before.len() >= 4, "{before:?}");
        // Our own listing of the hierarchy is as old as the index, and counts for nothing either.
        bridge.simulator.move_page(&runbooks, &home);
        assert_eq!(paths(&bridge, &[("title", "runbook"), ("limit", "50")]).await, set(&[]));
        let answer = bridge.get(&search(&[("title", "runbook")])).await;
        assert_eq!((answer.data(), answer.json()["complete"].clone()), (json!([]), json!(true)));
        bridge.simulator.move_page(&runbooks, &id_of(&bridge, "Onboarding"));
        let after = paths(&bridge, &[("title", "runbook"), ("limit", "50")]).await;
        assert_eq!(after.len(), before.len());
        assert!(after.iter().all(|path| path.starts_with("Onboarding/Runbooks")), "{after:?}");
    }

    async fn what_was_deleted_or_archived_lingers_in_the_index_only(bridge) {
        an_hour_behind(&bridge);
        bridge.simulator.trash(&id_of(&bridge, "Glossary"));
        bridge.simulator.trash(&id_of(&bridge, "Monitoring"));
        let gone = id_of(&bridge, "Billing API");
        bridge.simulator.trash(&gone);
        bridge.simulator.purge(&gone);
        if bridge.product == crate::support::Product::Cloud {
            bridge.simulator.archive(&id_of(&bridge, "First Week"));
        } else {
            bridge.simulator.hide(&id_of(&bridge, "First Week"), true);
        }
        for title in ["Glossary", "Monitoring", "Billing API", "First Week"] {
            assert_eq!(paths(&bridge, &[("title", title)]).await, set(&[]), "{title}");
        }
        up_to_date(&bridge);
        bridge.simulator.set_knobs(|knobs| knobs.search_finds_deleted = true);
        assert_eq!(paths(&bridge, &[("title", "Monitoring")]).await, set(&[]));
    }

    async fn a_page_renamed_since_is_found_by_what_the_index_knows_and_shown_as_it_is(bridge) {
        an_hour_behind(&bridge);
        let id = id_of(&bridge, "Glossary");
        bridge.simulator.rename(&id, "Dictionary");
        let found = hits(&bridge, &[("title", "Glossary")]).await;
        assert_eq!((&found[0]["title"], &found[0]["path"]), (&json!("Dictionary"), &json!("Onboarding/Dictionary")));
        assert_eq!(found[0]["version"], 2);
    }

    async fn a_new_page_is_found_once_the_index_has_it(bridge) {
        an_hour_behind(&bridge);
        bridge.post("/pages", json!({"title": "Brand new", "body": "quokka", "parentTitle": "Onboarding"})).await.data();
        assert_eq!(paths(&bridge, &[("query", "quokka")]).await, set(&[]));
        up_to_date(&bridge);
        assert_eq!(paths(&bridge, &[("query", "quokka")]).await, set(&["Onboarding/Brand new"]));
        bridge.simulator.set_knobs(|knobs| knobs.create_lag = Duration::from_secs(3600));
        let root = bridge.simulator.root_page_id();
        bridge.simulator.add_page(&root, "Not readable yet", "<p>wombat</p>");
        assert_eq!(paths(&bridge, &[("query", "wombat")]).await, set(&[]));
    }

    async fn since_when_is_exact_in_every_time_zone(bridge) {
        let (bus, glossary) = (id_of(&bridge, "Event Bus"), id_of(&bridge, "Glossary"));
        let at = |instant: &str| bridge.simulator.set_knobs(|knobs| knobs.set("frozen-clock", instant).expect("an instant"));
        at("2027-03-01T12:00:00Z");
        bridge.simulator.edit(&bus, "<p>at noon</p>");
        at("2027-03-01T13:00:00Z");
        bridge.simulator.edit(&glossary, "<p>an hour later</p>");
        at("2027-03-02T12:00:00Z");
        let both = set(&["Architecture/Event Bus", "Onboarding/Glossary"]);
        for zone in [-720, -90, 0, 330, 840] {
            bridge.simulator.set_knobs(|knobs| knobs.utc_offset_minutes = zone);
            for (since, expected) in [
                ("2027-03-01", both.clone()),
                ("2027-03-01T12:00:00Z", both.clone()),
                ("2027-03-01T14:00:00+02:00", both.clone()),
                ("2027-03-01T12:00:01Z", set(&["Onboarding/Glossary"])),
                ("2027-03-01 13:00", set(&["Onboarding/Glossary"])),
                ("2027-03-01T13:00:01Z", set(&[])),
                ("2027-03-02", set(&[])),
            ] {
                assert_eq!(paths(&bridge, &[("updatedSince", since)]).await, expected, "{since} at {zone}");
            }
        }
        let newest_first: Vec<String> = hits(&bridge, &[("updatedSince", "2027-03-01")]).await
            .iter().map(|hit| hit["updated"].as_str().expect("a time").to_owned()).collect();
        assert_eq!(newest_first, ["2027-03-01T13:00:00Z", "2027-03-01T12:00:00Z"]);
    }
}
