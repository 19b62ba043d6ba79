# SPDX-License-Identifier: Apache-2.0
"""Write the seeds of the fuzzers of requests and documents: one well-formed request, and one document, of each kind."""
import gzip
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "e2e"))
sys.path.insert(0, os.path.join(HERE, "..", ".."))
import ipp  # noqa: E402
from harness import jpeg, raster  # noqa: E402
from harness.pixels import page, picture, urf, urf_page  # noqa: E402

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

COLOUR, GREY = picture(20, 6, 3, 1), [b"\x20\x30" + b"\xff" * 18] * 5
RASTERS = {
    "pwg": raster.document("sgray-8", 20, "na_index-4x6_4x6in", 2),
    "pwg_pixels": b"RaS2" + page(COLOUR, 3) + page(GREY, 1),
    "urf": urf(urf_page(COLOUR, 3), urf_page(GREY, 1)),
}
DOCUMENTS = {"pdf": b"%PDF-1.7\n", "jpeg": jpeg.picture([[1, 2]]), **RASTERS}
TURNED = {f"{name}_{way}": data + bytes([way]) for name, data in RASTERS.items() for way in (1, 2, 3, 5, 7)}
TURNED["jpeg"] = jpeg.picture([[1, 2]], more=jpeg.exif(6))
CONTENTS = {
    "text": b"q 0.5 g BT /F1 12 Tf (A \\(word\\)) Tj ET Q 0 0 0 rg 0 0 1 RG",
    "spaces": b"/Cs1 cs 0.1 0.2 0.3 sc /Pattern CS /P1 SCN /Im1 Do /S1 sh 0 0 0 1 k % end",
    "picture": b"BI /W 1 /H 1 /CS /RGB ID xyz EI 1 0 0 rg",
}

for folder, first in (("queue_request", b"\x3f"), ("queue_ippscan", b"")):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(HERE, folder, name), "wb") as f:
            f.write(first + data)

for folder, seeds in (("queue_content", DOCUMENTS), ("courier_turn", TURNED), ("courier_raster", RASTERS), ("pages_ink", CONTENTS)):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    for name, data in seeds.items():
        with open(os.path.join(HERE, folder, name), "wb") as f:
            f.write(data)
