//! The audit: one line for each attempt to take somebody out of a group.

use conflagent::simulator::{self, Fault, Trouble};
use serde_json::{Value, json};

use super::{FILE, id, objects};
use crate::process::{Folder, Serving, properties};
use crate::support::{Product, on_each};

const REMOVE: &str = "/directory/remove-member";

#[tokio::test]
async fn every_attempt_leaves_one_line_whatever_came_of_it() {
    on_each(async |product| {
        let options = simulator::Options::new(product.simulated());
        let simulator = simulator::start(options).await.expect("a free port");
        let folder = Folder::new();
        let file = format!("{}directory=admin\n", properties(product, &simulator));
        folder.write(FILE, &file);
        // The filter does not ask for it.
        let flags = ["--log-format", "json", "--log-filter", "off,conflagent=info"];
        let serving = Serving::start(&folder, &flags).await;
        let ask = async |user: &str, group: &str, dry: bool| {
            let body = json!({"user": user, "group": group, "dryRun": dry});
            serving.call("POST", REMOVE, Some(body)).await
        };
        let mut asked = Vec::new();
        for (user, group, dry, outcome) in [
            ("grace@example.com", "On-Call", true, "would be removed"),
            ("grace@example.com", "On-Call", false, "removed"),
            ("Grace Person", "on-call", false, "no member"),
            ("Agent Writer", "on-call", false, "refused: own user"),
            ("Nobody\n{\"level\":\"ERROR\"}", "on-call", false, "no such user"),
            ("Grace Person", "nothing", false, "no such group"),
        ] {
            asked.push((id(&ask(user, group, dry).await), outcome));
        }
        simulator.set_members("confluence-administrators", &["ada"]);
        let last = ask("Ada Person", "confluence-administrators", false).await;
        asked.push((id(&last), "refused: last administrator"));
        simulator.script(Trouble::new(Fault::InternalError).method("DELETE").forever());
        let failed = ask("Linus Example", "on-call", false).await;
        assert!((500..600).contains(&failed.status), "{}", failed.text);
        asked.push((id(&failed), "failed"));
        // Reading is no attempt, nor is a call that is not let in.
        serving.get("/directory/groups").await.data();
        let stranger = serving
            .send(
                "POST",
                &format!("/endpoint/wiki{REMOVE}"),
                Some("wrong"),
                Some(json!({})),
            )
            .await;
        assert_eq!(stranger.status, 401);
        let log = serving.stopped().await.log;
        for secret in [crate::process::SECRET, &simulator.credentials().secret] {
            assert!(!log.contains(secret));
        }
        let mut lines = objects(&log);
        lines.retain(|line| line["target"] == "audit");
        let entered: Vec<(Value, Value)> = lines
            .iter()
            .map(|line| (line["request_id"].clone(), line["outcome"].clone()))
            .collect();
        let expected: Vec<(Value, Value)> = asked
            .iter()
            .map(|(id, outcome)| (json!(id), json!(outcome)))
            .collect();
        assert_eq!(entered, expected, "{log}");
        let done = &lines[1];
        let user_id = match product {
            Product::Cloud => simulator.account_id("grace"),
            Product::DataCenter => "grace".to_owned(),
        };
        for (field, value) in [
            ("target", json!("audit")),
            ("level", json!("INFO")),
            ("message", json!("removal from a group")),
            ("endpoint", json!("wiki")),
            ("user", json!("Grace Person")),
            ("user_id", json!(user_id)),
            ("group", json!("on-call")),
            ("dry_run", json!(false)),
        ] {
            assert_eq!(done[field], value, "{field}: {done}");
        }
        assert_eq!(done["group_id"].is_string(), product == Product::Cloud);
        assert!(
            lines[7]["cause"]
                .as_str()
                .is_some_and(|cause| cause.contains("group.expel")),
            "{}",
            lines[7]
        );
    })
    .await;
}
