//! The whole product as processes: `simulate`, `serve` in front of it, and a caller who knows the Flask bridge and nothing
//! else. What is asserted here is what a Custom GPT made for that bridge relies on.

use serde_json::{Value, json};

use crate::process::{Folder, Process, SECRET, Serving, found};
use crate::support::{Answer, Product, encoded};

/// Both processes. The simulator goes last.
struct Whole {
    serving: Serving,
    _folder: Folder,
    _simulator: Process,
}

impl Whole {
    async fn start(product: Product) -> Self {
        let deployment = match product {
            Product::Cloud => "cloud",
            Product::DataCenter => "datacenter",
        };
        let simulator = Process::start(&["simulate", "--listen", "127.0.0.1:0", "--deployment", deployment]);
        // The last line of what it prints: then all of it is there.
        let printed = found("the simulator's address", || {
            let printed = simulator.out();
            let last = printed.lines().last()?.to_owned();
            (printed.ends_with('\n') && last.starts_with("root_page_id=")).then_some(printed)
        })
        .await;
        let folder = Folder::new();
        let file = |secret: &str, more: &str| format!("{printed}gpt_shared_secret={secret}\n{more}");
        folder.write("conflagent.wiki.properties", &file(SECRET, ""));
        folder.write(
            "conflagent.lookers.properties",
            &file("secret-of-lookers", "flavor=read\n"),
        );
        folder.write(
            "conflagent.adders.properties",
            &file("secret-of-adders", "flavor=upload\n"),
        );
        Self {
            serving: Serving::start(&folder, &[]).await,
            _folder: folder,
            _simulator: simulator,
        }
    }

    /// The data of a success with this message, whose envelope is as ever.
    #[track_caller]
    fn good(answer: &Answer, message: &str) -> Value {
        let json = answer.json();
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            (&json["success"], &json["code"], &json["message"]),
            (&json!(true), &json!("OK"), &json!(message)),
            "{}",
            answer.text
        );
        Self::is_an_envelope(&json);
        json["data"].clone()
    }

    /// Holds a failure against status, code and message.
    #[track_caller]
    fn bad(answer: &Answer, status: u16, code: &str, message: &str) {
        let json = answer.json();
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(
            (&json["success"], &json["code"], &json["message"], &json["data"]),
            (&json!(false), &json!(code), &json!(message), &Value::Null),
            "{}",
            answer.text
        );
        Self::is_an_envelope(&json);
    }

    /// Holds the members of some data against those of the bridge. More are no harm.
    #[track_caller]
    fn has(data: &Value, members: &Value) {
        for (name, value) in members.as_object().expect("an object") {
            assert_eq!(&data[name], value, "{name} of {data}");
        }
    }

    #[track_caller]
    fn is_an_envelope(json: &Value) {
        let members: Vec<&str> = json
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            members[..5],
            ["success", "code", "message", "data", "timestamp"],
            "{json}"
        );
        let timestamp = json["timestamp"].as_str().expect("a text");
        let shape: String = timestamp
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00Z", "{timestamp}");
    }

    async fn get(&self, path: &str) -> Answer {
        self.serving.get(path).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.serving.post(path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.serving.call("PUT", path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.serving.call("DELETE", path, None).await
    }

    /// The body of a page, blanks between blocks aside.
    async fn body_of(&self, title: &str) -> String {
        let answer = self.get(&format!("/pages/{}", encoded(title))).await;
        let data = Self::good(&answer, "Page retrieved.");
        assert_eq!(data["title"], title);
        data["body"].as_str().expect("a text").replace("\n<", "<")
    }

    async fn listed(&self) -> Vec<String> {
        let data = Self::good(&self.get("/pages").await, "Subpages retrieved.");
        serde_json::from_value(data).expect("a list of paths")
    }
}

macro_rules! whole {
    ($($(#[$attribute:meta])* async fn $name:ident($whole:ident) $body:block)*) => {$(
        mod $name {
            use super::*;
            $(#[$attribute])*
            async fn scenario($whole: Whole) $body
            #[tokio::test]
            async fn on_cloud() {
                scenario(Whole::start(Product::Cloud).await).await;
            }
            #[tokio::test]
            async fn on_data_center() {
                scenario(Whole::start(Product::DataCenter).await).await;
            }
        }
    )*};
}

whole! {
    async fn reading(whole) {
        let listed = whole.listed().await;
        let place = |path: &str| listed.iter().position(|listed| listed == path);
        assert!(place("Architecture").expect("listed") < place("Architecture/Event Bus").expect("listed"));
        assert!(place("Architecture/Event Bus") < place("Operations"), "siblings as in Confluence");
        assert_eq!(place("Platform Handbook"), None, "the root is left out");

        let tree = Whole::good(&whole.get("/pages/tree").await, "Page tree retrieved.");
        assert_eq!(tree["title"], "Platform Handbook");
        assert_eq!(tree["path"], json!(["Platform Handbook"]));
        assert_eq!(tree["children"][0]["title"], "Architecture");
        assert_eq!(tree["children"][0]["children"][0]["children"], json!([]), "two levels");
        let alone = whole.get("/pages/tree?depth=0&startTitle=Operations").await;
        let alone = Whole::good(&alone, "Page tree retrieved.");
        assert_eq!((&alone["title"], &alone["children"]), (&json!("Operations"), &json!([])));

        assert!(whole.body_of("Event Bus").await.starts_with("<p>Kafka"));
        let deep = whole.get("/pages/Architecture/Event%20Bus").await;
        assert!(Whole::good(&deep, "Page retrieved.")["body"].as_str().expect("a text").starts_with("<p>Kafka"));

        let children = whole.get("/pages/Architecture/children").await;
        let children = Whole::good(&children, "Child pages retrieved.");
        Whole::has(
            &children[0],
            &json!({"title": "Caching Architecture", "path": ["Platform Handbook", "Architecture", "Caching Architecture"]}),
        );

        let parent = whole.get("/pages/Event%20Bus/parent").await;
        Whole::has(
            &Whole::good(&parent, "Parent metadata retrieved."),
            &json!({"title": "Architecture", "path": ["Platform Handbook", "Architecture", "Event Bus"]}),
        );
        let parent = whole.get("/pages/Platform%20Handbook/parent").await;
        assert_eq!(Whole::good(&parent, "Parent metadata retrieved."), Value::Null);
    }

    async fn the_life_of_a_page(whole) {
        let created = whole.post("/pages", json!({"title": "Draft", "body": "# Heading\nSome text"})).await;
        let created = Whole::good(&created, "Page created.");
        assert_eq!((&created["title"], &created["version"]), (&json!("Draft"), &json!(1)));
        assert!(created["id"].as_str().is_some_and(|id| id.bytes().all(|digit| digit.is_ascii_digit())));
        assert_eq!(whole.body_of("Draft").await, "<h1>Heading</h1><p>Some text</p>");
        assert!(whole.listed().await.contains(&"Draft".to_owned()));

        let below = whole.post("/pages", json!({"title": "Detail", "parentTitle": "Draft"})).await;
        Whole::good(&below, "Page created.");
        assert_eq!(whole.body_of("Detail").await, "");
        assert!(whole.listed().await.contains(&"Draft/Detail".to_owned()));

        let updated = whole.put("/pages/Draft", json!({"body": "Other *text*"})).await;
        assert_eq!(Whole::good(&updated, "Page updated.")["version"], 2);
        assert_eq!(whole.body_of("Draft").await, "<p>Other <em>text</em></p>");
        let updated = whole.put("/pages/Draft", json!({"body": "<p>Storage &amp; all</p>"})).await;
        assert_eq!(Whole::good(&updated, "Page updated.")["version"], 3);
        assert_eq!(whole.body_of("Draft").await, "<p>Storage &amp; all</p>");

        let renamed = whole.post("/pages/rename", json!({"old_title": "Draft", "new_title": "Final / 1"})).await;
        Whole::has(
            &Whole::good(&renamed, "Page renamed."),
            &json!({"oldTitle": "Draft", "newTitle": "Final / 1", "version": 4}),
        );
        assert_eq!(whole.body_of("Final / 1").await, "<p>Storage &amp; all</p>");
        Whole::bad(&whole.get("/pages/Draft").await, 404, "NOT_FOUND", "Page 'Draft' not found.");

        let moved = whole.post("/pages/Final%20%2F%201/move", json!({"newParentTitle": "Operations"})).await;
        Whole::has(
            &Whole::good(&moved, "Page moved."),
            &json!({"title": "Final / 1", "oldParentTitle": "Platform Handbook", "newParentTitle": "Operations"}),
        );
        assert!(whole.listed().await.contains(&"Operations/Final / 1/Detail".to_owned()));
        let circular = whole.post("/pages/Final%20%2F%201/move", json!({"newParentTitle": "Detail"})).await;
        Whole::bad(&circular, 422, "INVALID_OPERATION", "Cannot move page into its own subtree");

        let deleted = whole.delete("/pages/Detail").await;
        assert_eq!(Whole::good(&deleted, "Page deleted.")["deletedTitle"], "Detail");
        Whole::bad(&whole.delete("/pages/Detail").await, 404, "NOT_FOUND", "Page 'Detail' not found.");
        assert!(!whole.listed().await.iter().any(|path| path.ends_with("Detail")));
    }

    async fn refusals_in_the_words_of_the_contract(whole) {
        let cases = [
            ("GET", "/pages/tree?depth=x", json!(null), 400, "INVALID_INPUT", "Depth must be an integer"),
            ("GET", "/pages/tree?depth=-1", json!(null), 400, "INVALID_INPUT", "Depth must be non-negative"),
            ("POST", "/pages", json!({"body": "x"}), 400, "INVALID_INPUT", "Title is required"),
            ("POST", "/pages/Glossary/move", json!({}), 400, "INVALID_INPUT", "newParentTitle is required"),
            (
                "POST",
                "/pages/rename",
                json!({"old_title": "Glossary"}),
                400,
                "INVALID_INPUT",
                "Both 'old_title' and 'new_title' are required.",
            ),
            (
                "POST",
                "/pages",
                json!({"title": "X", "parentTitle": "Nowhere"}),
                404,
                "NOT_FOUND",
                "Parent page 'Nowhere' not found.",
            ),
            (
                "POST",
                "/pages",
                json!({"title": "Glossary"}),
                409,
                "ALREADY_EXISTS",
                "A page with the title 'Glossary' already exists at 'Onboarding/Glossary'.",
            ),
            ("DELETE", "/pages/Platform%20Handbook", json!(null), 422, "INVALID_OPERATION", "The root page cannot be deleted."),
            ("GET", "/nothing", json!(null), 404, "NOT_FOUND", "Unknown route."),
        ];
        for (method, path, body, status, code, message) in cases {
            let body = Some(body).filter(|body| !body.is_null());
            Whole::bad(&whole.serving.call(method, path, body).await, status, code, message);
        }
        let unknown = whole.serving.send("GET", "/endpoint/nobody/pages", Some(SECRET), None).await;
        Whole::bad(&unknown, 404, "NOT_FOUND", "Unknown endpoint.");
        for secret in [None, Some("wrong"), Some("secret-of-lookers")] {
            let answer = whole.serving.send("GET", "/endpoint/wiki/pages", secret, None).await;
            Whole::bad(&answer, 401, "UNAUTHORIZED", "Unauthorized");
            assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
        }
    }

    async fn what_needs_no_secret(whole) {
        let health = whole.serving.send("GET", "/endpoint/wiki/health", None, None).await;
        assert_eq!(Whole::good(&health, "Service healthy."), json!({"status": "ok"}));
        let health = whole.serving.send("GET", "/health", None, None).await;
        assert_eq!(Whole::good(&health, "Service healthy."), json!({"status": "ok"}));

        let ids = async |endpoint: &str| {
            let path = format!("/endpoint/{endpoint}/openapi.json");
            let document = whole.serving.send("GET", &path, None, None).await.json();
            let url = format!("http://{}/endpoint/{endpoint}", whole.serving.address);
            assert_eq!(document["servers"][0]["url"], url.as_str());
            let paths = document["paths"].as_object().expect("paths").values();
            let mut ids: Vec<String> = paths
                .flat_map(|path| path.as_object().expect("methods").values())
                .filter_map(|operation| Some(operation["operationId"].as_str()?.to_owned()))
                .collect();
            ids.sort();
            ids
        };
        assert_eq!(
            ids("wiki").await,
            [
                "createPage",
                "deletePageByTitle",
                "getOpenAPISchema",
                "getPageTree",
                "getParentPage",
                "healthCheck",
                "listChildPages",
                "listSubpages",
                "movePage",
                "readPageByTitle",
                "renamePage",
                "searchPages",
                "updatePageByTitle",
            ]
        );
        assert_eq!(
            ids("lookers").await,
            [
                "getOpenAPISchema",
                "getPageTree",
                "getParentPage",
                "healthCheck",
                "listChildPages",
                "listSubpages",
                "readPageByTitle",
                "searchPages",
            ]
        );
        assert_eq!(ids("adders").await, ["createPage", "getOpenAPISchema", "healthCheck"]);
        let landing = whole.serving.send("GET", "/", None, None).await;
        assert_eq!(landing.status, 200);
        for endpoint in ["wiki", "lookers", "adders"] {
            let address = format!("/endpoint/{endpoint}");
            assert!(!landing.text.contains(&address), "the landing page lists no endpoints");
        }
    }

    async fn flavors_refuse_what_they_hide(whole) {
        let ask = async |method: &str, endpoint: &str, body: Option<Value>| {
            let path = format!("/endpoint/{endpoint}/pages");
            let secret = format!("secret-of-{endpoint}");
            whole.serving.send(method, &path, Some(&secret), body).await
        };
        let page = Some(json!({"title": "By flavor", "body": "x"}));
        let message = "This endpoint does not offer this operation.";
        Whole::good(&ask("GET", "lookers", None).await, "Subpages retrieved.");
        Whole::bad(&ask("POST", "lookers", page.clone()).await, 403, "INVALID_OPERATION", message);
        Whole::bad(&ask("GET", "adders", None).await, 403, "INVALID_OPERATION", message);
        Whole::good(&ask("POST", "adders", page).await, "Page created.");
        assert_eq!(whole.body_of("By flavor").await, "<p>x</p>");
    }
}
