"""What a reader sees of a Markdown text, found with markdown-it: CommonMark, tables, strikethrough and task lists.

Tags of HTML tables, which the dialect uses where pipes cannot draw a table, are followed. Directives (`:status[Done]`)
and links to pages (`[[Title|text]]`) are text to this parser; their labels are taken as what they say.
"""
import html
import re
from urllib.parse import unquote

from markdown_it import MarkdownIt
from mdit_py_plugins.tasklists import tasklists_plugin

from page import words

DIRECTIVE = re.compile(r"(?<![\w:/]):(?P<name>[A-Za-z][\w-]*)\[(?P<label>[^\[\]]*)\](\{[^{}]*\})?")
LEAF = re.compile(r"^:{2,}((?P<macro>macro)|[A-Za-z][\w-]*)(\[(?P<label>.*?)\]+)?(\{(?P<braces>.*)\})?\s*$", re.M)
WIKI = re.compile(r"(?<!::include)(?<!::excerpt-include)\[\[(?P<page>[^\[\]|]+)(\|(?P<text>[^\[\]]*))?\]\]")
TITLE = re.compile(r"title=(\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>\S+))")
TAG = re.compile(r"<!--.*?-->|<(/?)([A-Za-z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>", re.S)


def leaf(match):
    """Of directives on lines of their own, only titles are words of the page, and what labels of tokens say."""
    if match["macro"] and match["label"]:
        return "\n" + token(match["label"]) + "\n"
    title = TITLE.search(match["braces"] or "")
    return "\n" + (next(filter(None, title.group("a", "b", "c")), "") if title else "") + "\n"


def token(label):
    """The label of a token says what it is of, after its kind."""
    return " " + label.split(": ", 1)[-1] + " "


def directive(match):
    return token(match["label"]) if match["name"] == "macro" else match["label"]


def plain(text):
    """The text with directives and links to pages as what they say."""
    text = LEAF.sub(leaf, text)
    text = re.sub(r"\s*\{#[\w.:-]+\}\s*$", "", text)
    return WIKI.sub(lambda match: match["text"] or page_title(match["page"]), DIRECTIVE.sub(directive, text))


def without_signs(text):
    """The text without tokens, the kinds of alerts, and the boxes of tasks that say nothing."""
    text = re.sub(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", " ", text)
    text = re.sub(r"^\s*\[[ x]\]\s*$", " ", text)
    return re.sub(r":{1,2}macro\[[^\[\]]*\]\{#[\w-]+\}", " ", text)


def page_title(target):
    return re.sub(r"^[~\w.-]+:(?=\S)", "", target).split("#")[0] if ":" in target else target.split("#")[0]


class Markdown:
    """Headings, items, cells and links in order, the words, and tags of storage outside of code."""

    def __init__(self, text):
        self.headings, self.items, self.cells, self.links = [], [], [], []
        self.text, self.tags = [], []
        self.open = []
        parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(tasklists_plugin)
        parser.validateLink = lambda url: True
        parser.normalizeLinkText = lambda text: text
        # What is escaped is no directive and no link to a page; to the parser it is some sign or other.
        for token in parser.parse(re.sub(r"\\[:\[]", "\N{REPLACEMENT CHARACTER}", text)):
            self.block(token)
        # What tokens stand for is a thing on the page; their labels are words, but no text of what they are in.
        self.words = words(plain("".join(self.text)))
        joined = lambda pieces: words(plain(without_signs("".join(pieces))))
        self.headings = [(level, joined(pieces)) for level, pieces in self.headings]
        self.items = [joined(pieces) for pieces in self.items]
        self.cells = [joined(pieces) for pieces in self.cells]
        self.links = [(target, joined(pieces)) for target, pieces in self.links]

    def say(self, text):
        self.text.append(text)
        for kind, pieces in reversed(self.open):
            pieces.append(text)
            if kind == "item":
                break

    def begin(self, kind):
        pieces = []
        self.open.append((kind, pieces))
        return pieces

    def end(self, kind):
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == kind:
                del self.open[index]
                return

    def block(self, token):
        self.say("\n")
        if token.type == "heading_open":
            self.headings.append((int(token.tag[1]), self.begin("heading")))
        elif token.type == "heading_close":
            self.end("heading")
        elif token.type == "list_item_open":
            self.items.append(self.begin("item"))
        elif token.type == "list_item_close":
            self.end("item")
        elif token.type in ("td_open", "th_open"):
            self.cells.append(self.begin("cell"))
        elif token.type in ("td_close", "th_close"):
            self.end("cell")
        elif token.type in ("fence", "code_block"):
            title = TITLE.search(token.info)
            self.say((next(filter(None, title.group("a", "b", "c")), "") if title else "") + "\n")
            # What looks like a directive in code is none.
            self.say(re.sub(r"[:\[\]]", " ", token.content))
        elif token.type == "html_block":
            self.html(token.content)
        elif token.type == "inline":
            for inner in token.children:
                self.inline(inner)

    def inline(self, token):
        if token.type == "text":
            self.say(token.content)
        elif token.type == "code_inline":
            self.say(re.sub(r"[:\[\]]", " ", token.content))
        elif token.type in ("softbreak", "hardbreak"):
            self.say("\n")
        elif token.type == "link_open":
            self.links.append((unquote(token.attrs["href"]), self.begin("link")))
        elif token.type == "link_close":
            self.end("link")
        elif token.type == "html_inline":
            self.html(token.content)

    def html(self, source):
        at = 0
        for match in TAG.finditer(source):
            self.say(html.unescape(source[at:match.start()]))
            at = match.end()
            name, closes = (match[2] or "").lower(), match[1]
            if name.startswith(("ac:", "ri:")):
                self.tags.append(match[0])
            if name in ("td", "th"):
                self.say("\n")
                if closes:
                    self.end("cell")
                else:
                    self.cells.append(self.begin("cell"))
            elif name == "br":
                self.say("\n")
        self.say(html.unescape(source[at:]))
