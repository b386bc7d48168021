"""Files over HTTP: every format becomes a document, and bad files are refused with the reason."""

import io
import json

import docx
import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

SENTENCE = "The lighthouse keeper counts seals every morning before the boats go out to sea."
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


def a_pdf():
    pdf = FPDF()
    pdf.set_font("Helvetica")
    pdf.add_page()
    pdf.multi_cell(0, text=SENTENCE)
    pdf.add_page()
    pdf.multi_cell(0, text="On the second page the whales are counted, too.")
    return bytes(pdf.output())


def an_encrypted_pdf():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(a_pdf())))
    writer.encrypt("secret", algorithm="AES-256")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def a_docx():
    document = docx.Document()
    document.add_heading("Seals")
    document.add_paragraph(SENTENCE)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


PAGE = (
    "<html><head><title>Seals</title></head><body><article><h1>Seals</h1>"
    f"<p>{SENTENCE}</p><p>{SENTENCE} So it goes on.</p></article></body></html>"
)
FILES = {
    "seals.txt": SENTENCE.encode(),
    "seals.md": f"---\ntitle: Seals\nauthor: A. Keeper\n---\n\n{SENTENCE}\n".encode(),
    "seals.html": PAGE.encode(),
    "seals.pdf": a_pdf(),
    "seals.docx": a_docx(),
    "seals.jsonl": json.dumps({"id": "row", "text": SENTENCE}).encode(),
}


def upload(client, name, content, **options):
    return client.post("/v1/documents", files={"file": (name, content)}, **options)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_format_becomes_a_document(desk, name):
    added = upload(desk.client, name, FILES[name])

    assert added.json()["reason"] is None
    assert added.status_code in {200, 201}
    document = desk.client.get(added.headers["location"]).json()
    assert SENTENCE.split()[2] in document["text"]


def test_metadata_of_a_file_is_read(desk):
    added = upload(desk.client, "told.md", FILES["seals.md"])

    document = desk.client.get(added.headers["location"]).json()
    assert (document["title"], document["author"]) == ("Seals", "A. Keeper")
    assert document["source"] == "told.md"


def test_a_pdf_is_cited_with_its_page(desk):
    added = upload(desk.client, "pages.pdf", a_pdf()).json()

    filters = {"document_id": [added["id"]]}
    asked = {"question": "whales counted", "filters": filters, "max_error_rate": 1}
    [citation] = desk.client.post("/v1/ask", json=asked).json()["citations"]

    assert citation["page"] == 2


def test_the_same_file_again_is_unchanged_and_a_changed_one_replaces_it(desk):
    statuses = [
        upload(desk.client, "again.txt", content).json()["status"]
        for content in (b"First words.", b"First words.", b"Second words.")
    ]

    assert statuses == ["added", "unchanged", "updated"]


def test_a_file_can_be_put_under_an_id_of_the_callers(desk):
    file = {"file": ("named.txt", b"Words under a name.")}

    report = desk.client.put("/v1/documents/my/name", files=file).json()

    assert (report["id"], report["source"]) == ("my/name", "named.txt")


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "C:\\Users\\me\\notes.txt", "día 🐙.txt"])
def test_a_file_name_never_names_folders(desk, name):
    report = upload(desk.client, name, f"Words of {name}.".encode()).json()

    assert report["status"] == "added"
    assert report["source"] == name.replace("\\", "/").split("/")[-1]


@pytest.mark.parametrize(
    ("name", "content", "status", "kind"),
    [
        ("empty.txt", b"", 422, "empty-document"),
        ("blank.md", b" \n\n ", 422, "empty-document"),
        ("picture.txt", PNG, 422, "not-text"),
        ("picture.png", PNG, 415, "unsupported-format"),
        ("noname", b"words", 415, "unsupported-format"),
        ("locked.pdf", an_encrypted_pdf(), 422, "encrypted-document"),
        ("broken.pdf", a_pdf()[:300], 422, "unreadable-document"),
        ("broken.docx", a_docx()[:300], 422, "unreadable-document"),
        ("broken.jsonl", b"{", 422, "invalid-field"),
        ("two.jsonl", b'{"text": "a"}\n{"text": "b"}', 415, "unsupported-format"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(
    desk, problem, name, content, status, kind
):
    problem(upload(desk.client, name, content), status, kind)


def test_a_form_needs_exactly_one_file(desk, problem):
    two = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]

    problem(desk.client.post("/v1/documents", files=two), 422, "invalid-field")


def test_a_damaged_form_is_malformed(desk, problem):
    kind = {"content-type": "multipart/form-data; boundary=x"}

    response = desk.client.post("/v1/documents", content=b"--y\r\nnonsense", headers=kind)

    problem(response, 400, "malformed")


def test_a_form_without_a_boundary_is_malformed(desk, problem):
    kind = {"content-type": "multipart/form-data"}

    problem(desk.client.post("/v1/documents", content=b"x", headers=kind), 400, "malformed")
