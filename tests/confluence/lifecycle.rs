//! A page from its creation to its end.

use conflagent::confluence::{ErrorKind, WithBody};
use conflagent::simulator::{Deployment, PageStatus, Seed};

use crate::support::{Site, id, on_both};

#[tokio::test]
async fn a_created_page_is_where_it_was_put_and_can_be_read_and_found() {
    on_both(Seed::Empty, async |site: Site| {
        let root = site.root();
        let page = site.create(&root, "Guide & <Co>").await.unwrap();
        assert_eq!((page.title.as_str(), page.version), ("Guide & <Co>", 1));

        let snapshot = site.simulator.page(page.id.as_str()).unwrap();
        assert_eq!(
            (snapshot.body.as_str(), snapshot.parent.as_deref()),
            ("<p>first</p>", Some(root.as_str()))
        );

        let read = site.read(&page.id).await.unwrap();
        assert_eq!(read.page.body.as_deref(), Some("<p>first</p>"));
        assert_eq!(read.ancestors.last().unwrap().id, root);
        let url = read.page.url.unwrap();
        assert!(url.starts_with(&site.simulator.base_url()), "{url}");

        let found = site
            .client
            .find("Guide & <Co>", WithBody::No)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.page.id, found.page.body), (page.id, None));
        assert_eq!(found.ancestors.last().unwrap().id, root);
    })
    .await;
}

#[tokio::test]
async fn reading_and_finding_take_the_calls_they_should() {
    on_both(Seed::Empty, async |site: Site| {
        let page = site.create(&site.root(), "Guide").await.unwrap();
        let (_, calls) = site
            .counted(async |client| client.located(&page.id, WithBody::Yes).await.unwrap())
            .await;
        assert_eq!(calls, if site.is_cloud() { 2 } else { 1 });
        // The space is known since the creation on Cloud, and not needed on Data Center.
        let (_, calls) = site
            .counted(async |client| client.find("Guide", WithBody::Yes).await.unwrap())
            .await;
        assert_eq!(calls, if site.is_cloud() { 2 } else { 1 });
    })
    .await;
}

#[tokio::test]
async fn titles_are_looked_up_in_the_endpoints_space_only() {
    on_both(Seed::Empty, async |site: Site| {
        let home = site.simulator.add_space("OTHER", "Another space");
        site.simulator.add_page(&home, "Elsewhere", "<p/>");
        assert!(
            site.client
                .find("Elsewhere", WithBody::No)
                .await
                .unwrap()
                .is_none()
        );
        assert!(site.client.find("Nowhere", WithBody::No).await.unwrap().is_none());
        site.simulator
            .add_page(&site.simulator.root_page_id(), "Guide", "<p/>");
        let other_case = site.client.find("GUIDE", WithBody::No).await.unwrap();
        assert!(other_case.is_some(), "case tells no titles apart");
    })
    .await;
}

#[tokio::test]
async fn an_update_makes_the_next_version_and_no_other() {
    on_both(Seed::Empty, async |site: Site| {
        let page = site.create(&site.root(), "Guide").await.unwrap();
        let updated = site
            .update(&page.id, "Guidebook", "<p>second</p>", 2)
            .await
            .unwrap();
        assert_eq!((updated.title.as_str(), updated.version), ("Guidebook", 2));
        let versions = site.simulator.versions(page.id.as_str());
        assert_eq!(
            (versions[1].body.as_str(), versions[1].message.as_str()),
            ("<p>second</p>", "by the agent")
        );

        site.simulator.edit(page.id.as_str(), "<p>third</p>");
        site.simulator.reset_log();
        let error = site
            .update(&page.id, "Guide", "<p>mine</p>", 3)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::VersionConflict { current: Some(3) });
        assert_eq!(site.simulator.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_title_is_taken_in_any_letter_case() {
    on_both(Seed::Empty, async |site: Site| {
        let guide = site.create(&site.root(), "Guide").await.unwrap();
        let other = site.create(&guide.id, "Other").await.unwrap();
        assert_eq!(
            site.create(&other.id, "gUIDE").await.unwrap_err().kind,
            ErrorKind::TitleTaken
        );
        let renamed = site.update(&other.id, "GUIDE", "<p/>", 2).await;
        assert_eq!(renamed.unwrap_err().kind, ErrorKind::TitleTaken);
    })
    .await;
}

#[tokio::test]
async fn storage_that_does_not_parse_is_refused() {
    on_both(Seed::Empty, async |site: Site| {
        let page = site.create(&site.root(), "Guide").await.unwrap();
        for storage in [
            "<p>open",
            "<br>",
            "<p>a & b</p>",
            "<p a=1>x</p>",
            "<p>&unheard;</p>",
        ] {
            let error = site.update(&page.id, "Guide", storage, 2).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::BadStorage, "{storage}: {:?}", error.detail);
        }
        let whole = "<p>".to_owned() + &"x".repeat(6 * 1024 * 1024) + "</p>";
        let error = site.update(&page.id, "Guide", &whole, 2).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooLarge);
    })
    .await;
}

#[tokio::test]
async fn writes_to_what_is_not_there_are_not_found() {
    on_both(Seed::Empty, async |site: Site| {
        let nowhere = id("987654321");
        assert!(site.read(&nowhere).await.is_none());
        assert_eq!(
            site.create(&nowhere, "T").await.unwrap_err().kind,
            ErrorKind::NotFound
        );
        assert_eq!(
            site.update(&nowhere, "T", "<p/>", 2).await.unwrap_err().kind,
            ErrorKind::NotFound
        );
        assert!(!site.client.delete(&nowhere).await.unwrap());
        assert!(site.client.permissions(&nowhere).await.unwrap().is_none());
        let page = site.create(&site.root(), "Guide").await.unwrap();
        assert_eq!(
            site.client.move_below(&page, &nowhere).await.unwrap_err().kind,
            ErrorKind::NotFound
        );
    })
    .await;
}

#[tokio::test]
async fn a_moved_page_takes_along_what_is_below_it() {
    on_both(Seed::Empty, async |site: Site| {
        let old = site.create(&site.root(), "Old").await.unwrap();
        let new = site.create(&site.root(), "New").await.unwrap();
        let page = site.create(&old.id, "Page").await.unwrap();
        let leaf = site.create(&page.id, "Leaf").await.unwrap();
        site.client.move_below(&page, &new.id).await.unwrap();
        let path: Vec<_> = site
            .read(&leaf.id)
            .await
            .unwrap()
            .ancestors
            .into_iter()
            .map(|step| step.id)
            .collect();
        assert_eq!(
            path[path.len() - 3..],
            [site.root(), new.id.clone(), page.id.clone()]
        );
        assert_eq!(
            site.simulator.page(page.id.as_str()).unwrap().body,
            "<p>first</p>"
        );
        assert!(site.simulator.page(old.id.as_str()).unwrap().children.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_page_cannot_be_moved_below_what_is_below_it() {
    on_both(Seed::Empty, async |site: Site| {
        let page = site.create(&site.root(), "Page").await.unwrap();
        let child = site.create(&page.id, "Child").await.unwrap();
        let leaf = site.create(&child.id, "Leaf").await.unwrap();
        for target in [&page.id, &child.id, &leaf.id] {
            assert_eq!(
                site.client.move_below(&page, target).await.unwrap_err().kind,
                ErrorKind::Circular
            );
        }
        assert_eq!(
            site.simulator.page(page.id.as_str()).unwrap().parent.as_deref(),
            Some(site.root().as_str())
        );
    })
    .await;
}

#[tokio::test]
async fn a_deleted_page_is_in_the_trash_and_absent() {
    on_both(Seed::Empty, async |site: Site| {
        let page = site.create(&site.root(), "Page").await.unwrap();
        assert!(site.client.delete(&page.id).await.unwrap());
        assert_eq!(
            site.simulator.page(page.id.as_str()).unwrap().status,
            PageStatus::Trashed
        );
        assert!(site.read(&page.id).await.is_none());
        assert!(site.client.find("Page", WithBody::No).await.unwrap().is_none());
        site.simulator.purge(page.id.as_str());
        assert!(site.read(&page.id).await.is_none());
        assert!(!site.client.delete(&page.id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_archived_page_is_absent_and_keeps_its_title() {
    let site = Site::start(Deployment::Cloud, Seed::Empty, |_| ()).await;
    let page = site.create(&site.root(), "Page").await.unwrap();
    site.simulator.archive(page.id.as_str());
    assert!(site.read(&page.id).await.is_none());
    assert!(site.client.find("Page", WithBody::No).await.unwrap().is_none());
    assert_eq!(
        site.create(&site.root(), "page").await.unwrap_err().kind,
        ErrorKind::TitleTaken
    );
}

#[tokio::test]
async fn the_space_the_user_and_the_titles_are_told() {
    on_both(Seed::Demo, async |site: Site| {
        let user = site.client.current_user().await.unwrap();
        assert!(user.known && !user.display_name.is_empty());
        let space = site.client.space().await.unwrap().unwrap();
        assert_eq!(
            (space.key, space.id),
            (site.simulator.space_key(), site.simulator.space_id())
        );
        assert_eq!(space.homepage, Some(id(&site.simulator.homepage_id())));

        let entries = site.simulator.subtree(&site.simulator.root_page_id());
        let pages: Vec<_> = entries
            .iter()
            .filter(|entry| site.simulator.page(&entry.id).unwrap().kind == "page")
            .collect();
        let mut ids: Vec<_> = pages.iter().map(|entry| id(&entry.id)).collect();
        ids.push(id("987654321"));
        let titles = site.client.titles(&ids).await.unwrap();
        assert_eq!(titles.len(), pages.len());
        assert!(pages.iter().all(|page| titles[&id(&page.id)] == page.title));
    })
    .await;
}
