"""What a reader sees of a storage body, found with lxml and without any of our own code.

Parameters, ids and copies for other editors are not seen. Macros of which Markdown shows a name only (no body, or one in
another language than storage) are not looked into.
"""
import html
import re

from lxml import etree

NAMESPACES = ("ac", "ri", "at", "fab")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Nothing in these is text of the page.
UNSEEN = {
    "ac:parameter", "ac:default-parameter", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-attribute",
    "ac:adf-mark", "ac:placeholder", "at:declarations", "colgroup",
}
BLOCKS = {"p", "div", "li", "td", "th", "tr", "table", "ul", "ol", "br", "hr", "pre", "blockquote", "dt", "dd", "ac:task", *HEADINGS}
SOURCE_MACROS = {"code", "noformat", "plantuml", "mermaid", "mermaid-macro", "mermaid-cloud", "graphviz"}


def words(text):
    return re.findall(r"[^\W_]+", text)


def parse(storage):
    """The body as a tree, whose names have their usual prefixes."""
    def character(match):
        if match[1] in ("amp", "lt", "gt", "quot", "apos"):
            return match[0]
        return html.unescape(match[0])

    parts = re.split(r"(<!\[CDATA\[.*?\]\]>)", storage, flags=re.S)
    parts[::2] = [re.sub(r"&([A-Za-z][A-Za-z0-9]*);", character, part) for part in parts[::2]]
    declared = " ".join(f'xmlns:{name}="urn:{name}"' for name in NAMESPACES)
    text = f"<page {declared}>{''.join(parts)}</page>"
    return etree.fromstring(text.encode(), etree.XMLParser(huge_tree=True, resolve_entities=False))


def name(element):
    if not isinstance(element.tag, str):
        return ""
    match = re.fullmatch(r"\{urn:(\w+)\}(.*)", element.tag)
    return f"{match[1]}:{match[2]}" if match else element.tag


def attribute(element, wanted):
    if ":" in wanted:
        prefix, local = wanted.split(":")
        return element.get(f"{{urn:{prefix}}}{local}")
    return element.get(wanted)


def child(element, wanted):
    return next((inner for inner in element if name(inner) == wanted), None)


def parameter(macro, wanted):
    for inner in macro:
        if name(inner) == "ac:parameter" and attribute(inner, "ac:name") == wanted:
            return "".join(inner.itertext()).strip()
    return ""


class Page:
    """Headings, items, cells and links in the order of the page, and its words."""

    def __init__(self, storage):
        self.headings, self.items, self.cells, self.links = [], [], [], []
        self.text = []
        self.open = []  # where text goes besides: lists of pieces
        self.inside(parse(storage))
        self.words = words("".join(self.text))
        joined = lambda pieces: words("".join(pieces))
        self.headings = [(level, joined(pieces)) for level, pieces in self.headings if joined(pieces)]
        self.items = [joined(pieces) for pieces in self.items]
        self.cells = [joined(pieces) for pieces in self.cells]
        self.links = [(target, joined(pieces)) for target, pieces in self.links if joined(pieces)]

    def say(self, text):
        if text:
            self.text.append(text)
            for pieces in self.open:
                pieces.append(text)

    def gathered(self, element, pieces, alone=False):
        """Goes in, with its text in `pieces` as well; `alone` where it is no text of what is around it."""
        before = self.open
        self.open = [pieces] if alone else before + [pieces]
        self.inside(element)
        self.open = before

    def inside(self, element):
        self.say(element.text)
        for inner in element:
            self.element(inner)
            self.say(inner.tail)

    def element(self, element):
        tag = name(element)
        if tag in UNSEEN or tag == "":
            return
        if tag in BLOCKS:
            self.say("\n")
        if tag in HEADINGS:
            self.headings.append((int(tag[1]), []))
            self.gathered(element, self.headings[-1][1])
        elif tag in ("li", "ac:task") or attribute(element, "type") == "decision-item":
            self.items.append([])
            self.gathered(element, self.items[-1], alone=True)
        elif tag in ("td", "th"):
            self.cells.append([])
            self.gathered(element, self.cells[-1])
        elif tag == "a" and attribute(element, "href"):
            self.links.append((attribute(element, "href"), []))
            self.gathered(element, self.links[-1][1])
        elif tag == "ac:link":
            self.link(element)
        elif tag in ("ac:structured-macro", "ac:macro"):
            self.macro(element)
        elif tag == "ac:adf-extension":
            # Its fallback says the same again.
            for part in ("ac:adf-node", "ac:adf-fallback"):
                if child(element, part) is not None:
                    self.inside(child(element, part))
                    break
        elif tag == "time":
            # Confluence shows the day, whatever the element holds.
            if attribute(element, "datetime"):
                self.say(attribute(element, "datetime"))
            else:
                self.inside(element)
        elif tag == "ac:emoticon":
            names = (attribute(element, f"ac:{key}") for key in ("emoji-fallback", "emoji-shortname", "name"))
            self.say(next(filter(None, names), ""))
        elif tag == "ac:image":
            if child(element, "ac:caption") is not None:
                self.inside(child(element, "ac:caption"))
        else:
            self.inside(element)
        if tag in BLOCKS:
            self.say("\n")

    def link(self, element):
        """Links to people and pages have names of their own where they have no text."""
        resource = next((inner for inner in element if name(inner).startswith("ri:")), None)
        bodies = ("ac:link-body", "ac:plain-text-link-body")
        body = next((inner for inner in element if name(inner) in bodies), None)
        get = lambda key: (attribute(resource, key) if resource is not None else None) or ""
        user = get("ri:account-id") or get("ri:userkey") or get("ri:username")
        if user:
            self.links.append((f"user:{user}", []))
            self.links[-1][1].append(user)
            self.say(user)
            return
        title = get("ri:content-title") or get("ri:filename") or get("ri:space-key")
        target = title or get("ri:value") or "#" + (attribute(element, "ac:anchor") or "")
        if resource is None and not attribute(element, "ac:anchor"):
            # It leads nowhere.
            if body is not None:
                self.inside(body)
            return
        self.links.append((target, []))
        if body is not None and words("".join(body.itertext())):
            self.gathered(body, self.links[-1][1])
        elif name(resource if resource is not None else element) == "ri:page":
            self.links[-1][1].append(title)
            self.say(title)
        elif body is not None:
            self.inside(body)

    def macro(self, element):
        kind = attribute(element, "ac:name")
        rich, plain = child(element, "ac:rich-text-body"), child(element, "ac:plain-text-body")
        if kind == "status":
            self.say(parameter(element, "title"))
        elif kind == "jira" and parameter(element, "key"):
            self.say(parameter(element, "key"))
        elif rich is not None:
            self.say("\n" + parameter(element, "title") + "\n")
            self.inside(rich)
        elif plain is not None and kind in SOURCE_MACROS:
            self.say("\n" + "".join(plain.itertext()) + "\n")
