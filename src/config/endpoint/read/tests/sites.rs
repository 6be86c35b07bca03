//! What address, account and deployment mean together.

use super::*;

#[test]
fn without_an_account_the_token_is_a_bearer_token_where_that_can_work() {
    let id = "01234567-89ab-cdef-0123-456789abcdef";
    faults(
        &["email="],
        &[
            "dev: email: is missing, allowed: the account of the API token, or none together with cloud_id and an OAuth \
           access token",
        ],
    );
    assert_eq!(
        warnings(&["email=", &format!("cloud_id={id}")], &[])
            .cloud_id
            .as_deref(),
        Some(id)
    );
    let config = warnings(&["email=", "base_url=https://wiki.example"], &[]);
    assert_eq!((config.email, config.deployment), (None, Deployment::DataCenter));
    warnings(&["email=jane", "base_url=https://wiki.example"], &[]);
    warnings(
        &["email=jane"],
        &["dev:1: email: is not an e-mail address, which accounts of Cloud are known by"],
    );
}

#[test]
fn the_deployment_can_be_given_where_the_host_name_does_not_tell() {
    let config = warnings(&["base_url=https://wiki.example/x", "deployment=CLOUD"], &[]);
    assert_eq!(config.deployment, Deployment::Cloud);
    assert_eq!(config.base_url.as_str(), "https://wiki.example/x");
    let id = "cloud_id=01234567-89ab-cdef-0123-456789abcdef";
    faults(
        &["base_url=https://wiki.example", id],
        &["dev:7: cloud_id: is for Cloud only, allowed: none, or deployment=cloud"],
    );
}

#[test]
fn addresses_of_cloud_sites_end_in_wiki() {
    let added = "dev:3: base_url: lacks the /wiki of Confluence, which is added";
    for url in [
        "https://site.atlassian.net",
        "https://site.atlassian.net/",
        "https://SITE.jira.com",
    ] {
        let config = warnings(&[&format!("base_url={url}")], &[added]);
        assert_eq!(config.base_url.path(), "/wiki");
    }
    faults(
        &["base_url=https://site.atlassian.net/wiki/spaces/DEV"],
        &["dev:3: base_url: leads below Confluence's own address, allowed: https://SITE.atlassian.net/wiki"],
    );
}

#[test]
fn the_gateway_as_address_gives_the_cloud_id() {
    let id = "01234567-89ab-cdef-0123-456789abcdef";
    let better = "dev:3: base_url: is the API gateway, where people cannot follow links: better the address of the site, \
                  and cloud_id";
    for wiki in ["", "/", "/wiki", "/wiki/"] {
        let url = format!("base_url=https://api.atlassian.com/ex/confluence/{id}{wiki}");
        assert_eq!(warnings(&[&url], &[better]).cloud_id.as_deref(), Some(id));
        warnings(&[&url, "email="], &[better]);
        faults(
            &[&url, "cloud_id=11234567-89ab-cdef-0123-456789abcdef"],
            &["dev:7: cloud_id: contradicts base_url, allowed: the id that stands there, or none"],
        );
    }
    faults(
        &["base_url=https://api.atlassian.com/wiki"],
        &[
            "dev:3: base_url: is not a site at the gateway, allowed: https://api.atlassian.com/ex/confluence/CLOUD_ID/wiki",
        ],
    );
}

#[test]
fn weak_spots_are_warned_of() {
    warnings(
        &[
            "base_url=http://wiki.example",
            "gpt_shared_secret=fifteen-letters",
        ],
        &[
            "dev:3: base_url: is not https: the token can be read on the way",
            "dev:6: gpt_shared_secret: is shorter than 16 characters and may be guessed",
        ],
    );
    warnings(
        &["gpt_shared_secret=ATATT3x=Yz=="],
        &["dev:6: gpt_shared_secret: is the same as api_token: every caller holds the Confluence credential"],
    );
    warnings(&["base_url=http://127.0.0.1:8090"], &[]);
}
