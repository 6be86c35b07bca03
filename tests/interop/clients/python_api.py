"""atlassian-python-api against the simulator: its classic client (REST v1) and, from 5.0 on, its v2 client.

Run with 4.x for the classic client on Data Center and Cloud, with 5.x for the server client and `ConfluenceV2`.
"""

import importlib.metadata
import logging
import warnings

from checks import Checks, finish, refused
from documents import Watch
from requests import HTTPError
from simulator import Simulator

from atlassian import Confluence
from atlassian.errors import ApiError, ApiValueError

VERSION = importlib.metadata.version("atlassian-python-api")
logging.disable(logging.CRITICAL)  # it logs every error that it raises as well
warnings.simplefilter("ignore")
watch = Watch()


# `_links.next` is relative to the context path (Atlassian's own example has one); 5.x puts it behind the host alone.
LOST_CONTEXT = None if VERSION.startswith("4.") else "the client loses the context path in links to the next page"


def found(answer):
    """The page of a look-up by title: 4.x answers with the page or nothing, 5.x with the list."""
    if answer is not None and "results" in answer:
        return answer["results"][0] if answer["results"] else None
    return answer


def classic(title, simulator, cloud, lost_context=None):
    """The v1 client, which Data Center and older Cloud sites answer."""
    check = Checks(f"atlassian-python-api {VERSION}, classic client, {title}")
    named = {"username": simulator.email, "password": simulator.api_token}
    wiki = Confluence(url=simulator.base_url, cloud=cloud, **named)
    space, root = simulator.space_key, simulator.root_page_id
    made = {}

    def page(name, expand="body.storage,version,space,ancestors"):
        return wiki.get_page_by_id(made[name], expand=expand)

    @check("a page is created below the root, and reads back by id with space, ancestors and body")
    def _():
        for name in ("Alpha", "Beta"):
            made[name] = wiki.create_page(space, name, f"<p>{name} &amp; more</p>", parent_id=root)["id"]
        alpha = page("Alpha")
        assert alpha["title"] == "Alpha" and alpha["version"]["number"] == 1, alpha
        assert alpha["body"]["storage"]["value"] == "<p>Alpha &amp; more</p>", alpha["body"]
        assert alpha["space"]["key"] == space and alpha["ancestors"][-1]["id"] == root, alpha["ancestors"]

    @check("a page is found by its title, and an unknown title is not")
    def _():
        assert found(wiki.get_page_by_title(space, "Alpha"))["id"] == made["Alpha"]
        assert found(wiki.get_page_by_title(space, "No such page")) is None
        assert wiki.page_exists(space, "Alpha") and not wiki.page_exists(space, "No such page")
        assert wiki.get_page_space(made["Alpha"]) == space
        assert wiki.get_parent_content_id(made["Alpha"]) == root

    @check("a second page of the same title is refused")
    def _():
        error = refused(HTTPError, wiki.create_page, space, "alpha", "<p/>", parent_id=root)
        assert error.response.status_code == 400 and "already exists" in str(error), error

    @check("a body that is not well-formed is refused")
    def _():
        error = refused(HTTPError, wiki.create_page, space, "Broken", "<p>open", parent_id=root)
        assert error.response.status_code == 400, error

    @check("an update makes the next version, and the same content again does not")
    def _():
        wiki.update_page(made["Alpha"], "Alpha", "<p>two</p>", version_comment="second")
        assert page("Alpha")["version"]["number"] == 2 and page("Alpha")["version"]["message"] == "second"
        wiki.update_page(made["Alpha"], "Alpha", "<p>two</p>")
        assert page("Alpha")["version"]["number"] == 2, page("Alpha")["version"]

    @check("appending keeps what is there")
    def _():
        wiki.append_page(made["Alpha"], "Alpha", "<p>three</p>")
        assert page("Alpha")["body"]["storage"]["value"] == "<p>two</p><p>three</p>", page("Alpha")["body"]

    @check("a stale version is refused with 409")
    def _():
        stale = {"id": made["Alpha"], "type": "page", "title": "Alpha", "version": {"number": 2},
                 "body": {"storage": {"value": "<p>late</p>", "representation": "storage"}}}
        error = refused(HTTPError, wiki.put, f"rest/api/content/{made['Alpha']}", data=stale)
        assert error.response.status_code == 409 and "Version must be incremented" in str(error), error

    @check("the history names the latest version, and an old version still reads")
    def _():
        assert wiki.history(made["Alpha"])["lastUpdated"]["number"] == 3
        old = wiki.get_page_by_id(made["Alpha"], status="historical", version=1, expand="body.storage")
        assert old["body"]["storage"]["value"] == "<p>Alpha &amp; more</p>", old

    @check("children are listed, also across pages of answers", fails_since=lost_context)
    def _():
        for number in range(30):
            wiki.create_page(space, f"Leaf {number:02}", "", parent_id=made["Beta"])
        names = [child["title"] for child in wiki.get_page_child_by_type(made["Beta"])]
        assert names == [f"Leaf {number:02}" for number in range(30)], names

    @check("all pages of the space are listed")
    def _():
        titles = {row["title"] for row in wiki.get_all_pages_from_space_raw(space, limit=100)["results"]}
        assert {"Alpha", "Beta", "Leaf 29"} <= titles, titles

    @check("CQL finds pages by title, text, ancestor and label; nonsense is refused")
    def _():
        wiki.set_page_label(made["Alpha"], "searchable")
        for query, expected in [
            ('type = page and title = "Alpha"', {"Alpha"}),
            (f'space = "{space}" and text ~ "three"', {"Alpha"}),
            (f"ancestor = {made['Beta']} and title ~ \"Leaf 07\"", {"Leaf 07"}),
            ("label = searchable", {"Alpha"}),
        ]:
            rows = wiki.cql(query, limit=50)["results"]
            titles = {row["content"]["title"] for row in rows}
            assert expected <= titles and len(titles) < 10, (query, titles)
        refused((ApiValueError, HTTPError), wiki.cql, "this is not ( a query")

    @check("labels are set, listed and removed")
    def _():
        wiki.set_page_label(made["Alpha"], "first")
        labels = {label["name"] for label in wiki.get_page_labels(made["Alpha"])["results"]}
        assert labels == {"first", "searchable"}, labels
        wiki.remove_page_label(made["Alpha"], "first")
        labels = [label["name"] for label in wiki.get_page_labels(made["Alpha"])["results"]]
        assert labels == ["searchable"], labels
        refused((ApiError, HTTPError), wiki.remove_page_label, made["Alpha"], "first")

    @check("a property is set, read, updated with its version, listed and deleted")
    def _():
        alpha = made["Alpha"]
        wiki.set_page_property(alpha, {"key": "review", "value": {"by": "ada"}})
        assert wiki.get_page_property(alpha, "review")["value"] == {"by": "ada"}
        wiki.update_page_property(alpha, {"key": "review", "value": {"by": "bob"}, "version": {"number": 2}})
        assert wiki.get_page_property(alpha, "review")["value"] == {"by": "bob"}
        listed = wiki.get_page_properties(alpha)
        rows = listed if isinstance(listed, list) else listed["results"]
        assert "review" in {row["key"] for row in rows}, rows
        refused(Exception, wiki.update_page_property, alpha,
                {"key": "review", "value": {}, "version": {"number": 2}})
        wiki.delete_page_property(alpha, "review")
        refused(Exception, wiki.get_page_property, alpha, "review")

    @check("a comment is added and listed")
    def _():
        wiki.add_comment(made["Alpha"], "<p>well said</p>")
        comments = wiki.get_page_comments(made["Alpha"], expand="body.storage")["results"]
        assert [row["body"]["storage"]["value"] for row in comments] == ["<p>well said</p>"], comments

    @check("an attachment is uploaded, listed and downloaded")
    def _():
        wiki.attach_content(b"col\n1\n", name="data.csv", content_type="text/csv", page_id=made["Alpha"])
        rows = wiki.get_attachments_from_content(made["Alpha"])["results"]
        assert [row["title"] for row in rows] == ["data.csv"], rows
        files = wiki.download_attachments_from_page(made["Alpha"], to_memory=True)
        assert files["data.csv"].getvalue() == b"col\n1\n", files

    @check("a page moves below another with an update that names its new parent")
    def _():
        wiki.update_page(made["Alpha"], "Alpha", "<p>moved</p>", parent_id=made["Beta"])
        assert page("Alpha")["ancestors"][-1]["id"] == made["Beta"], page("Alpha")["ancestors"]
        assert [one["id"] for one in wiki.get_page_ancestors(made["Alpha"])][-2:] == [root, made["Beta"]]

    @check("a page moves with the action of the user interface")
    def _():
        wiki.move_page(space, made["Alpha"], target_id=root)
        assert page("Alpha")["ancestors"][-1]["id"] == root, page("Alpha")["ancestors"]

    @check("the space, its home page and the caller are known")
    def _():
        details = wiki.get_space(space, expand="homepage")
        assert details["key"] == space and details["homepage"]["id"], details
        assert space in {row["key"] for row in wiki.get_all_spaces()["results"]}
        assert wiki.get("rest/api/user/current")["type"] == "known"

    @check("storage converts to the rendered view")
    def _():
        assert "<p>hi</p>" in wiki.convert_storage_to_view("<p>hi</p>")["value"]

    @check("a deleted page is gone, its title free, and it is in the trash until it is purged")
    def _():
        wiki.remove_page(made["Alpha"])
        refused((ApiError, HTTPError), wiki.get_page_by_id, made["Alpha"])
        assert not wiki.page_exists(space, "Alpha")
        assert wiki.get_page_by_id(made["Alpha"], status="trashed")["status"] == "trashed"
        wiki.remove_page_from_trash(made["Alpha"])
        refused((ApiError, HTTPError), wiki.get_page_by_id, made["Alpha"], status="trashed")

    @check("a page with its children is deleted")
    def _():
        top = wiki.create_page(space, "Top", "", parent_id=root)["id"]
        for number in range(3):
            wiki.create_page(space, f"Below {number}", "", parent_id=top)
        wiki.remove_page(top, recursive=True)
        assert not wiki.page_exists(space, "Top") and not wiki.page_exists(space, "Below 2")

    @check("wrong credentials are refused")
    def _():
        stranger = Confluence(url=simulator.base_url, cloud=cloud, username=simulator.email, password="wrong")
        error = refused(HTTPError, stranger.get_page_by_id, root)
        assert error.response.status_code in (401, 403), error

    return check


def second(simulator):
    """The v2 client of 5.x, on a Cloud site that has removed the v1 content calls."""
    from atlassian import ConfluenceV2

    check = Checks(f"atlassian-python-api {VERSION}, v2 client, Cloud with v1 content calls removed")
    wiki = ConfluenceV2(url=simulator.base_url, username=simulator.email, password=simulator.api_token)
    key, root = simulator.space_key, simulator.root_page_id
    made = {}

    def body(page_id):
        return wiki.get_page_by_id(page_id, body_format="storage")["body"]["storage"]["value"]

    @check("the space is found by its key")
    def _():
        made["space"] = wiki.get_space_by_key(key)["id"]
        assert wiki.get_space(made["space"])["key"] == key

    @check("a page is created below the root and reads back by id and title")
    def _():
        for name in ("Alpha", "Beta"):
            made[name] = wiki.create_page(made["space"], name, f"<p>{name}</p>", parent_id=root,
                                          representation="storage")["id"]
        assert wiki.get_page_by_id(made["Alpha"], body_format="storage")["parentId"] == root
        assert body(made["Alpha"]) == "<p>Alpha</p>"
        assert wiki.get_page_id(key, "alpha") == made["Alpha"]
        assert wiki.get_page_id(key, "No such page") is None

    @check("a second page of the same title is refused")
    def _():
        error = refused(HTTPError, wiki.create_page, made["space"], "ALPHA", "<p/>", representation="storage")
        assert error.response.status_code == 400 and "already exists" in error.response.text, error

    @check("an update makes the next version; a stale one is refused with 409")
    def _():
        change = {"status": "current", "representation": "storage"}
        wiki.update_page(made["Alpha"], "Alpha", "<p>two</p>", version=1, **change)
        assert body(made["Alpha"]) == "<p>two</p>"
        error = refused(HTTPError, wiki.update_page, made["Alpha"], "Alpha", "<p>late</p>", version=1, **change)
        assert error.response.status_code == 409 and "Version must be incremented" in error.response.text, error

    @check("versions are listed and read")
    def _():
        numbers = [row["number"] for row in wiki.get_all_page_versions(made["Alpha"])]
        assert numbers == [2, 1], numbers
        assert wiki.get_page_version(made["Alpha"], 1)["number"] == 1

    @check("children are listed across pages of answers, following the cursor")
    def _():
        for number in range(30):
            wiki.create_page(made["space"], f"Leaf {number:02}", "", parent_id=made["Beta"],
                             representation="storage")
        names = [row["title"] for row in wiki.get_child_pages(made["Beta"], limit=7)]
        assert names == [f"Leaf {number:02}" for number in range(30)], names

    @check("pages of the space are listed across pages of answers")
    def _():
        titles = {row["title"] for row in wiki.get_pages(made["space"], limit=10, body_format="storage")}
        assert {"Alpha", "Beta", "Leaf 29"} <= titles, titles

    @check("a property is created, read, updated and deleted by its id")
    def _():
        alpha = made["Alpha"]
        created = wiki.create_page_property(alpha, "review", {"by": "ada"})
        assert wiki.get_page_property_by_key(alpha, created["id"])["value"] == {"by": "ada"}
        refused(HTTPError, wiki.create_page_property, alpha, "review", {})
        assert "review" in {row["key"] for row in wiki.get_page_properties(alpha)}
        wiki.delete_page_property(alpha, created["id"])
        refused(HTTPError, wiki.get_page_property_by_key, alpha, created["id"])

    @check("labels are listed by v2, which refuses to change them as the real site does")
    def _():
        wiki.post("rest/api/content/" + made["Alpha"] + "/label", data=[{"prefix": "global", "name": "seen"}])
        assert [row["name"] for row in wiki.get_page_labels(made["Alpha"])] == ["seen"]
        error = refused(HTTPError, wiki.add_page_label, made["Alpha"], "other")
        assert error.response.status_code == 405, error

    @check("CQL finds pages through the search that v1 still serves")
    def _():
        rows = wiki.get("rest/api/search", params={"cql": f"parent = {made['Beta']}", "limit": 10})
        assert len(rows["results"]) == 10 and rows["_links"]["next"], rows["_links"]

    @check("a folder is created, read and holds a page")
    def _():
        folder = wiki.create_folder(made["space"], "Drawer", parent_id=root)
        inside = wiki.create_page(made["space"], "Inside", "", parent_id=folder["id"], representation="storage")
        assert wiki.get_folder(folder["id"])["title"] == "Drawer" and inside["parentType"] == "folder"

    @check("a footer comment is made and listed")
    def _():
        # The client's own method posts to a path that REST v2 does not have.
        words = {"representation": "storage", "value": "<p>well said</p>"}
        comment = wiki.post("api/v2/footer-comments", data={"pageId": made["Alpha"], "body": words})
        assert [row["id"] for row in wiki.get_page_footer_comments(made["Alpha"])] == [comment["id"]]

    @check("a page moves with the v1 call that is left")
    def _():
        wiki.put(f"rest/api/content/{made['Alpha']}/move/append/{made['Beta']}")
        assert wiki.get_page_by_id(made["Alpha"])["parentId"] == made["Beta"]

    @check("a deleted page is in the trash; a page that never was is not there")
    def _():
        wiki.delete_page(made["Alpha"])
        assert wiki.get_page_by_id(made["Alpha"])["status"] == "trashed"
        assert wiki.get_page_id(key, "Alpha") is None
        error = refused(HTTPError, wiki.get_page_by_id, "999999999")
        assert error.response.status_code == 404, error

    @check("the removed v1 content calls answer 410")
    def _():
        error = refused(HTTPError, wiki.get, f"rest/api/content/{root}")
        assert error.response.status_code == 410, error

    return check


def main():
    watch.deployment = "datacenter"
    with Simulator("datacenter") as simulator:
        results = [classic("Data Center", simulator, cloud=False)]
    watch.context = "/confluence"
    with Simulator("datacenter", knobs=["context-path=/confluence", "new-web-links=on"]) as simulator:
        results.append(classic("Data Center below a context path", simulator, cloud=False, lost_context=LOST_CONTEXT))
    watch.deployment = "cloud"
    if VERSION.startswith("4."):
        with Simulator("cloud", knobs=["removed-v1=off"]) as simulator:
            results.append(classic("Cloud with v1 content calls", simulator, cloud=True))
    else:
        with Simulator("cloud") as simulator:
            results.append(second(simulator))
    finish(results, watch)


main()
