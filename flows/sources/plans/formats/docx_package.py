"""The parts of a .docx file, read with limits: a forged archive can neither fill the memory nor make the parser expand anything."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from exports.messages import N_, _
from flows.workspace.errors import UnreadableSource

_LARGEST_PART = 32 << 20
_LEAST_ALLOWED = 8 << 20
_MOST_PACKED = 100  # times smaller than its text is a packed part at most; those of long real documents are 10 to 40 times
_REMEDY = N_("Fetch the file again, or open it in Word and save it.")
_WHOLE = N_("a whole .docx file")
_WORD = ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")


class Package:
    """Parts of one .docx by name, and what they refer to. Every fault of the archive is an UnreadableSource."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.depth = name.count("/word/")  # a document that another one takes in bears both names
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
            self._parts = set(self._archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as fault:
            found = _("a damaged or cut-off archive ({fault})", fault=fault)
            raise UnreadableSource(name, found, _(_WHOLE), _(_REMEDY)) from fault

    def document(self) -> tuple[str, Any]:
        """Name and tree of the part that holds the text."""
        main = next((target for kind, target in self.related("") if kind == "officeDocument"), "word/document.xml")
        tree = self.tree(main)
        if tree is None:
            found, expected = _("an archive without a Word document in it"), _("a {suffix} file", suffix=".docx")
            raise UnreadableSource(self.name, found, expected, _(_REMEDY))
        return main, tree

    def related(self, part: str) -> list[tuple[str, str]]:
        """(kind, part) for all that `part` refers to inside the package; "" for the package itself."""
        folder, file = posixpath.split(part)
        tree = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        targets = [] if tree is None else [each for each in tree.iter("{*}Relationship") if each.get("TargetMode") != "External"]
        return [
            (each.get("Type", "").rsplit("/", 1)[-1], posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"))
            for each in targets
        ]

    def target(self, part: str, identity: str | None) -> str | None:
        """The part of the package that `part` refers to by this id; None where it has none or leads outside."""
        folder, file = posixpath.split(part)
        tree = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        for each in () if tree is None or not identity else tree.iter("{*}Relationship"):
            if each.get("Id") == identity and each.get("TargetMode") != "External":
                found = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
                return found if found in self._parts else None
        return None

    def data(self, part: str) -> bytes:
        """The bytes of a part that is there."""
        return self._read(part)

    def tree(self, part: str) -> Any:
        """The root element of an XML part; None where there is no such part."""
        if part not in self._parts:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(self._read(part), parser)
        except etree.XMLSyntaxError as fault:
            raise UnreadableSource(f"{self.name}, {part}", _("broken XML ({fault})", fault=fault), _(_WHOLE), _(_REMEDY)) from fault

    def _read(self, part: str) -> bytes:
        try:
            most = min(_LARGEST_PART, max(_LEAST_ALLOWED, _MOST_PACKED * self._archive.getinfo(part).compress_size))
            with self._archive.open(part) as stream:
                content = stream.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as fault:
            found = _("a damaged or cut-off archive ({fault})", fault=fault)
            raise UnreadableSource(f"{self.name}, {part}", found, _(_WHOLE), _(_REMEDY)) from fault
        if len(content) > most:
            found = _("a part of more than {size} MB once unpacked", size=most >> 20)
            raise UnreadableSource(f"{self.name}, {part}", found, _("a plan document"), _("Split the document."))
        return content


def local(element: Any) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Any, name: str = "val") -> str | None:
    """A Word attribute, in the namespace of either edition of the standard."""
    if element is None:
        return None
    found = element.get(f"{{{_WORD[0]}}}{name}")
    found = element.get(f"{{{_WORD[1]}}}{name}") if found is None else found
    return None if found is None else str(found)


def relation(element: Any, name: str = "id") -> str | None:
    """A reference to another part (r:id, r:embed), in the namespace of either edition of the standard."""
    return next((value for key, value in element.attrib.items() if key.endswith(f"/relationships}}{name}")), None)


def whole(element: Any, otherwise: int, name: str = "val") -> int:
    """A Word attribute that is a whole number, kept within what a document can mean by it."""
    printed = (value(element, name) or "").strip()
    return min(int(printed), 9999) if printed.isascii() and printed.isdigit() and len(printed) < 10 else otherwise  # noqa: PLR2004


def child(element: Any, *path: str) -> Any:
    """The first descendant along a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def is_on(element: Any) -> bool:
    """Whether a switch such as w:vanish is set: present, and not told otherwise."""
    return element is not None and value(element) not in {"0", "false", "off", "none"}
