# SPDX-License-Identifier: Apache-2.0
"""Write the seeds of the queue's fuzzers: one well-formed request, and one document, of each kind."""
import gzip
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "e2e"))
sys.path.insert(0, os.path.join(HERE, "..", ".."))
import ipp  # noqa: E402
from harness import raster  # noqa: E402

JOB_ID = ipp.attribute(ipp.INTEGER, "job-id", 1)
MEDIA = ipp.collection("media-col", ipp.member("media-size", ipp.BEGIN, b""),
                       ipp.member("x-dimension", ipp.INTEGER, b"\0\0\x52\x08"),
                       ipp.member("y-dimension", ipp.INTEGER, b"\0\0\x74\x04"), ipp.element(ipp.END_COLLECTION, b"", b""),
                       ipp.member("media-type", ipp.KEYWORD, b"stationery"))
OPTIONS = [ipp.attribute(ipp.INTEGER, "copies", 2), ipp.attribute(ipp.KEYWORD, "sides", "two-sided-long-edge"), MEDIA,
           ipp.attribute(ipp.RANGE, "page-ranges", (1, 3), (5, 9)), ipp.attribute(ipp.ENUM, "finishings", 4, 5),
           ipp.attribute(ipp.RESOLUTION, "printer-resolution", b"\0\0\2\x58\0\0\2\x58\3")]

SEEDS = {
    "print_job": ipp.print_job() + b"%PDF-1.7 text",
    "print_job_options": ipp.print_job("title", job=OPTIONS) + b"%PDF-1.7 text",
    "print_job_gzip": ipp.print_job("t", ipp.attribute(ipp.KEYWORD, "compression", "gzip")) + gzip.compress(b"x" * 99, mtime=0),
    "validate_job": ipp.request(ipp.VALIDATE_JOB, ipp.attribute(ipp.BOOLEAN, "ipp-attribute-fidelity", True), job=OPTIONS),
    "create_job": ipp.request(ipp.CREATE_JOB, ipp.attribute(ipp.NAME, "job-name", "two steps"), job=OPTIONS),
    "send_document": ipp.request(ipp.SEND_DOCUMENT, JOB_ID, ipp.attribute(ipp.BOOLEAN, "last-document", True)) + b"x",
    "get_printer": ipp.request(ipp.GET_PRINTER_ATTRIBUTES, ipp.attribute(ipp.KEYWORD, "requested-attributes", "all")),
    "get_jobs": ipp.request(ipp.GET_JOBS, ipp.attribute(ipp.KEYWORD, "which-jobs", "completed")),
    "get_job": ipp.request(ipp.GET_JOB_ATTRIBUTES, JOB_ID),
    "cancel_job": ipp.request(ipp.CANCEL_JOB, JOB_ID),
    "cancel_my_jobs": ipp.request(ipp.CANCEL_MY_JOBS, ipp.attribute(ipp.INTEGER, "job-ids", 1, 2)),
    "set_job": ipp.request(ipp.SET_JOB_ATTRIBUTES, JOB_ID, job=[OPTIONS[0], ipp.attribute(ipp.DELETE, "sides", b"")]),
    "release_job": ipp.request(ipp.RELEASE_JOB, JOB_ID),
}

TRAILER = b"trailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
DOCUMENTS = {
    "pdf": b"%PDF-1.7\n1 0 obj <</Type /Pages>> endobj 2 0 obj <</Type /Page>> endobj\n" + TRAILER,
    "pdf_linearized": b"%PDF-1.7\n<</Linearized 1>> " + TRAILER + b"<</Type/Page>> <</Type /ObjStm>>" + TRAILER,
    "pwg": raster.document("sgray-8", 20, "na_index-4x6_4x6in", 2),
    "urf": b"UNIRAST\0\0\0\0\3" + bytes(40),
    "jpeg": b"\xff\xd8\xff\xe0" + bytes(20),
}

for folder, first in (("queue_request", b"\x3f"), ("queue_ippscan", b"")):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(HERE, folder, name), "wb") as f:
            f.write(first + data)

os.makedirs(os.path.join(HERE, "queue_content"), exist_ok=True)
for name, data in DOCUMENTS.items():
    with open(os.path.join(HERE, "queue_content", name), "wb") as f:
        f.write(data)
