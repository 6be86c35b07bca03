"""Projects every storage body of a folder and holds the Markdown, as another CommonMark parser reads it, against the page.

    check.py FOLDER [-v]

Compared are headings (level and text), list items, table cells, links (to where and around what), and that the words of
the page are in the Markdown in the order of the page. Exit code 1 when less than 99 % of the pages hold in one of these.
"""
import json
import os
import pathlib
import subprocess
import sys
from urllib.parse import unquote

from markdown import WIKI, Markdown, page_title
from page import Page, words

FLOOR = 0.99


def projected(bodies):
    """Each body as Markdown, or why it is none."""
    program = [os.environ.get("CONFLAGENT", "target/debug/conflagent"), "convert", "--lines"]
    lines = "".join(json.dumps({"to": "md", "text": body}) + "\n" for body in bodies)
    done = subprocess.run(program, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.split(b"\n") if line]


def order(wanted, found):
    """The first word of the page that does not come after those before it."""
    rest = iter(found)
    for index, word in enumerate(wanted):
        if word not in rest:
            return f"{word!r} after {' '.join(wanted[max(0, index - 6):index])!r}"
    return None


def difference(wanted, found):
    for index in range(max(len(wanted), len(found))):
        ours = wanted[index] if index < len(wanted) else None
        theirs = found[index] if index < len(found) else None
        if ours != theirs:
            return f"{len(wanted)} and {len(found)}; at {index}: page {ours!r}, Markdown {theirs!r}"
    return None


def links(page, markdown):
    """Links by what they are around, and by their targets where those are addresses."""
    def key(target, text):
        target = unquote(target)
        return (target.rstrip("/") if "://" in target or target.startswith("mailto:") else "", tuple(text))

    # Links to pages in double brackets are text to the other parser.
    wiki = [("", tuple(words(match["text"] or page_title(match["page"])))) for match in WIKI.finditer("".join(markdown.text))]
    wanted = sorted(key(*link) for link in page.links)
    found = sorted([key(*link) for link in markdown.links if link[1]] + wiki)
    for link in list(wanted):
        if link in found:
            wanted.remove(link)
            found.remove(link)
    return f"page {wanted[:3]}, Markdown {found[:3]}" if wanted or found else None


def compared(storage, answer):
    page = Page(storage)
    if "err" in answer:
        return {"shown": answer["err"]}
    markdown = Markdown(answer["ok"])
    found = {
        "shown": None,
        "no tags": repr(markdown.tags[:2]) if markdown.tags else None,
        "headings": difference(page.headings, markdown.headings),
        "list items": difference(page.items, markdown.items),
        "table cells": difference(page.cells, markdown.cells),
        "links": links(page, markdown),
        "words": order(page.words, markdown.words),
    }
    return found


def main():
    folder, verbose = pathlib.Path(sys.argv[1]), "-v" in sys.argv
    files = sorted(path for path in folder.rglob("*.xml"))
    bodies = {path: path.read_bytes().decode("utf-8", "replace") for path in files}
    answers = dict(zip(bodies, projected(bodies.values())))
    failed = {}
    pages = 0
    for path, storage in bodies.items():
        try:
            found = compared(storage, answers[path])
        except SyntaxError as error:  # lxml's: not well-formed, and so no page
            print(f"left out: {path.relative_to(folder)}: {error}")
            continue
        pages += 1
        for what, why in found.items():
            failed.setdefault(what, [])
            if why:
                failed[what].append((path, why))
    fell_short = False
    for what, paths in failed.items():
        share = 1 - len(paths) / max(pages, 1)
        fell_short |= share < FLOOR
        print(f"{'ok' if share >= FLOOR else 'FAIL':5}{what}: {pages - len(paths)} of {pages} pages")
        if verbose:
            for path, why in paths:
                print(f"       {path.relative_to(folder)}: {why[:400]}")
    return 1 if fell_short or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
