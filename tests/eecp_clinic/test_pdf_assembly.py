"""Finished documents put into a frame: what PDF/A-3 and a tagged file ask for is there, and nothing points nowhere."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from eecp_clinic.pdf import CannotAssemble, Document, Kind, render
from eecp_clinic.pdf_assembly import Attached, Inserted, assemble, attached_in, elements_of

NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
HEAD = (
    '<html lang="en-us"><head><title>Sample</title><meta name="dcterms.created" content="2026-11-30T15:00:00Z">'
    '<link rel="stylesheet" href="static:css/packet.css"></head><body>'
)
TABLE = (
    '<table><caption>Sums</caption><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
    '<tbody><tr><th scope="row">one</th><td>1</td></tr></tbody></table>'
)
FRAME = (
    HEAD
    + '<h1>Frame</h1><ol><li><a href="packet:one">First</a></li><li><a href="packet:two">Second</a></li></ol>'
    + TABLE
    + '<section class="part" id="after"><h2>After</h2></section>'
)


PLACES = {"one": 2, "two": 4}


def inner(title: str) -> bytes:
    return render(
        f'{HEAD}<h1>{title}</h1>{TABLE}<section class="part"><h2>More</h2>{TABLE}</section>'
    ).content


def stamps(pages: int) -> bytes:
    return render(HEAD + '<section class="part">·</section>' * pages, kind=Kind.STAMPS).content


def attachment() -> Attached:
    return Attached("evidence.json", "application/json", "All of it", "Data", b'{"a":1}', NOW)


@pytest.fixture(scope="module")
def parts() -> tuple[Document, list[Inserted], bytes]:
    frame = render(FRAME, kind=Kind.ARCHIVAL)
    inserted = [Inserted(inner(name), 1, f"Part {name}", name) for name in ("one", "two")]
    return frame, inserted, stamps(frame.pages + 4)


@pytest.fixture(scope="module")
def whole(parts: tuple[Document, list[Inserted], bytes]) -> Document:
    frame, inserted, drawn = parts
    return assemble(frame.content, inserted, stamps=drawn, places=PLACES, attached=[attachment()])


@pytest.fixture
def pdf(whole: Document) -> Any:
    with Pdf.open(BytesIO(whole.content)) as opened:
        yield opened


def test_pages_stand_in_their_order_and_contents_lead_to_them(pdf: Pdf) -> None:
    numbers = [page.obj.objgen for page in pdf.pages]
    links = [annotation.Dest[0].objgen for annotation in pdf.pages[0].obj.Annots]
    assert [numbers.index(link) for link in links] == [1, 3]
    with pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Frame", "Part one", "Part two"]


def test_same_parts_give_the_same_bytes(
    parts: tuple[Document, list[Inserted], bytes], whole: Document
) -> None:
    frame, inserted, drawn = parts
    again = assemble(frame.content, inserted, stamps=drawn, places=PLACES, attached=[attachment()])
    assert again.content == whole.content


def test_file_says_that_it_is_pdf_a_3a_and_carries_its_colours(pdf: Pdf) -> None:
    metadata = pdf.Root.Metadata.read_bytes().decode()
    assert "http://www.aiim.org/pdfa/ns/id/" in metadata
    assert 'part="3"' in metadata or ">3<" in metadata
    assert 'conformance="A"' in metadata or ">A<" in metadata
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == Name.GTS_PDFA1
    assert len(intent.DestOutputProfile.read_bytes()) > 1000
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-us"
    assert pdf.trailer.ID
    assert not pdf.is_encrypted


def test_every_font_is_embedded(pdf: Pdf) -> None:
    fonts = [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.Font]
    descended = [font.DescendantFonts[0] if "/DescendantFonts" in font else font for font in fonts]
    assert descended
    for font in descended:
        files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys())
        assert files, font.BaseFont


def test_attached_file_is_associated_with_its_relationship(pdf: Pdf, whole: Document) -> None:
    (spec,) = pdf.Root.AF
    assert (spec.AFRelationship, str(spec.UF)) == (Name.Data, "evidence.json")
    assert spec.EF.F.Subtype == Name("/application/json")
    assert str(spec.EF.F.Params.ModDate) == "D:20261130150000Z"
    assert attached_in(whole.content) == {"evidence.json": b'{"a":1}'}


def test_structure_tree_is_whole(pdf: Pdf) -> None:
    root = pdf.Root.StructTreeRoot
    pages = {page.obj.objgen for page in pdf.pages}
    everything = elements_of(root.K[0])
    for element in everything:
        assert "/S" in element
        assert element.get("/Pg") is None or element.Pg.objgen in pages
        for kid in _kids(element):
            assert kid.P.objgen == element.objgen
    parts = [one for one in everything if Name.Part == one.S]
    assert [str(part.T) for part in parts] == ["Part one", "Part two"]


def test_every_page_finds_its_marked_content_in_the_parent_tree(pdf: Pdf) -> None:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    keys = [int(key) for key in numbers[::2]]
    assert keys == sorted(set(keys))
    tree = dict(zip(keys, numbers[1::2], strict=True))
    seen = set()
    for page in pdf.pages:
        key = int(page.obj.StructParents)
        assert key not in seen
        seen.add(key)
        marked = {
            int(one.operands[1].MCID)
            for one in pikepdf.parse_content_stream(page)
            if str(one.operator) == "BDC"
            and isinstance(one.operands[1], Dictionary)
            and "/MCID" in one.operands[1]
        }
        assert marked == set(range(len(tree[key])))
        assert all(element.Pg.objgen == page.obj.objgen for element in tree[key])
        for annotation in page.obj.get("/Annots", []):
            assert Name.Link == tree[int(annotation.StructParent)].S
            assert annotation.F == 4
    assert int(pdf.Root.StructTreeRoot.ParentTreeNextKey) == max(keys) + 1


def test_cells_are_named_once_and_headers_are_found(pdf: Pdf) -> None:
    root = pdf.Root.StructTreeRoot
    everything = elements_of(root.K[0])
    keys = [str(one.ID) for one in everything if "/ID" in one]
    assert len(keys) == len(set(keys)) == 15
    listed = [str(name) for name in list(root.IDTree.Names)[::2]]
    assert listed == sorted(keys)
    headers = [str(name) for one in everything if "/A" in one for name in one.A.get("/Headers", [])]
    assert headers
    assert set(headers) <= set(keys)


def test_stamps_are_artifacts_on_every_page(pdf: Pdf) -> None:
    for page in pdf.pages:
        contents = list(page.obj.Contents)
        assert contents[0].read_bytes() == b"q\n"
        assert b"/Artifact <</Type /Pagination" in contents[-1].read_bytes()


def test_stamps_for_other_pages_are_refused(parts: tuple[Document, list[Inserted], bytes]) -> None:
    frame, inserted, _ = parts
    with pytest.raises(CannotAssemble, match="1 stamps"):
        assemble(frame.content, inserted, stamps=stamps(1), places=PLACES)


def test_link_that_leads_nowhere_is_refused(parts: tuple[Document, list[Inserted], bytes]) -> None:
    frame, inserted, drawn = parts
    with pytest.raises(CannotAssemble, match="leads to two"):
        assemble(frame.content, inserted, stamps=drawn, places={"one": 2})


def test_what_is_no_pdf_carries_nothing_and_says_so() -> None:
    with pytest.raises(CannotAssemble, match="no PDF"):
        attached_in(b"something else")


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    listed = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in listed if isinstance(kid, Dictionary) and "/S" in kid]
